import { z } from 'zod';
import { TwofoldError } from '../../../shared/errors.ts';
import { assemble } from './assemble.ts';
import type { Architecture, LayerConfig } from './layers.ts';

const pair = z.tuple([z.int().positive(), z.int().positive()]);
const activation = z.enum(['linear', 'relu', 'sigmoid']);
const padding = z.enum(['valid', 'same']);
const channelsLast = z.literal('channels_last').optional();
const trainable = z.boolean().default(true);
const axis = z.union([z.int(), z.tuple([z.int()]).transform(([only]) => only)]);
/** The batch axis comes first and has any size. */
const batchShape = z.tuple([z.null()], z.int().positive()).transform(([, ...shape]) => shape);

/** `[name, node, tensor, kwargs]` as Keras 2 writes it. */
const kerasTwoNode = z
  .array(z.tuple([z.string(), z.literal(0), z.literal(0)], z.unknown()))
  .transform((tensors) => tensors.map(([name]) => name));
/** `__keras_tensor__` with its `keras_history` as Keras 3 writes it, one or a list. */
const kerasTensor = z
  .object({ config: z.object({ keras_history: z.tuple([z.string(), z.literal(0), z.literal(0)]) }) })
  .transform(({ config }) => config.keras_history[0]);
const kerasThreeNode = z
  .object({ args: z.tuple([z.union([kerasTensor.transform((name) => [name]), z.array(kerasTensor)])]) })
  .transform(({ args }) => args[0]);
/** Layers that are used more than once, which have several nodes, are not supported. */
const inboundNodes = z
  .array(z.union([kerasTwoNode, kerasThreeNode]))
  .max(1)
  .transform((nodes) => nodes[0] ?? []);

const layerSchema = z
  .object({
    class_name: z.string(),
    name: z.string().optional(),
    config: z.looseObject({ name: z.string() }),
    inbound_nodes: inboundNodes,
  })
  .transform(({ class_name, config, inbound_nodes }): LayerConfig => {
    const { name } = config;
    return layerConfig(class_name, config, { name, inbound: inbound_nodes });
  });

const modelSchema = z.object({
  class_name: z.enum(['Functional', 'Model']),
  config: z.object({
    name: z.string(),
    layers: z.array(layerSchema).min(1),
    output_layers: z
      .union([
        z.tuple([z.tuple([z.string(), z.literal(0), z.literal(0)])]).transform(([only]) => only),
        z.tuple([z.string(), z.literal(0), z.literal(0)]),
      ])
      .transform(([name]) => name),
  }),
});

function layerConfig(
  className: string,
  config: unknown,
  { name, inbound }: { name: string; inbound: string[] },
): LayerConfig {
  switch (className) {
    case 'InputLayer': {
      const { batch_input_shape: two, batch_shape: three } = z
        .object({ batch_input_shape: batchShape.optional(), batch_shape: batchShape.optional() })
        .parse(config);
      return { className, name, inbound, trainable: false, shape: two ?? three ?? [] };
    }
    case 'Conv2D': {
      const c = z
        .object({
          trainable,
          activation,
          padding,
          filters: z.int().positive(),
          kernel_size: pair,
          strides: pair,
          use_bias: z.boolean(),
          data_format: channelsLast,
          dilation_rate: z.tuple([z.literal(1), z.literal(1)]).optional(),
          groups: z.literal(1).optional(),
        })
        .parse(config);
      return {
        className,
        name,
        inbound,
        trainable: c.trainable,
        filters: c.filters,
        kernelSize: c.kernel_size,
        strides: c.strides,
        padding: c.padding,
        useBias: c.use_bias,
        activation: c.activation,
      };
    }
    case 'BatchNormalization': {
      const c = z
        .object({
          trainable,
          axis,
          center: z.boolean(),
          scale: z.boolean(),
          epsilon: z.number(),
          momentum: z.number(),
        })
        .parse(config);
      return {
        className,
        name,
        inbound,
        trainable: c.trainable,
        center: c.center,
        scale: c.scale,
        epsilon: c.epsilon,
        momentum: c.momentum,
      };
    }
    case 'Activation':
      return { className, name, inbound, ...z.object({ trainable, activation }).parse(config) };
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const c = z
        .object({ trainable, pool_size: pair, strides: pair, padding, data_format: channelsLast })
        .parse(config);
      return {
        className,
        name,
        inbound,
        trainable: c.trainable,
        poolSize: c.pool_size,
        strides: c.strides,
        padding: c.padding,
      };
    }
    case 'Concatenate': {
      const c = z.object({ trainable, axis: z.union([z.literal(3), z.literal(-1)]) }).parse(config);
      return { className, name, inbound, trainable: c.trainable };
    }
    case 'Flatten': {
      const c = z.object({ trainable, data_format: channelsLast }).parse(config);
      return { className, name, inbound, trainable: c.trainable };
    }
    case 'Dense': {
      const c = z
        .object({ trainable, units: z.int().positive(), use_bias: z.boolean(), activation })
        .parse(config);
      return {
        className,
        name,
        inbound,
        trainable: c.trainable,
        units: c.units,
        useBias: c.use_bias,
        activation: c.activation,
      };
    }
    case 'Dropout': {
      const c = z.object({ trainable, rate: z.number().min(0).max(1) }).parse(config);
      return { className, name, inbound, ...c };
    }
    default:
      throw new TwofoldError('unsupported', `Layer ${name} is a ${className}, which Twofold does not run.`);
  }
}

/**
 * Reads a network from Keras' `model_config`, as the attribute of a whole-model `.h5` holds it: a functional model of
 * the layers InceptionV3 and its head are made of, with one input and one output, channels last. Keras 2 and 3.
 *
 * @throws TwofoldError `unsupported` naming the first field that is something else
 */
export function architectureFromKerasConfig(modelConfig: unknown): Architecture {
  const parsed = modelSchema.safeParse(modelConfig);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new TwofoldError(
      'unsupported',
      `This Keras model is not one Twofold can run: ${issue.path.join('.')}: ${issue.message}.`,
      { cause: parsed.error },
    );
  }
  const { name, layers, output_layers: output } = parsed.data.config;
  return assemble(name, layers, output);
}
