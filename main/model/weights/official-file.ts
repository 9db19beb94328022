const FILE = 'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5';

/** The official file of Keras' InceptionV3 without its top, as in the Keras tutorial. */
export const OFFICIAL_FILE = {
  name: FILE,
  sizeBytes: 87_910_968,
  md5: 'bcbd6486424b2319ff4ef7d526e38f63',
  addresses: [
    `https://storage.googleapis.com/mledu-datasets/${FILE}`,
    `https://github.com/fchollet/deep-learning-models/releases/download/v0.5/${FILE}`,
  ],
};

/** Another place that serves the same file, from the environment. */
export const officialAddresses = (url = process.env.TWOFOLD_WEIGHTS_URL): string[] =>
  url ? [url] : OFFICIAL_FILE.addresses;
