/** What the weights of a head's last layer become where the classes changed places: every logit is the negative of what it was. */
export const negated = (values: Float32Array): Float32Array => values.map((value) => -value);
