/**
 * The protobuf messages of TensorFlow's SavedModel format, as tfjs-node ships them without types. Loading them does
 * not load the native library.
 */
import { createRequire } from 'node:module';

/** The data types in use, with their number in TensorFlow's `DataType`. */
export const DATA_TYPES = { float32: 1, int32: 3, uint8: 4, int64: 9, bool: 10, resource: 20 } as const;
export type DataType = keyof typeof DATA_TYPES;

export interface AttributeMessage {
  setS(base64: string): void;
  setI(value: number): void;
  setF(value: number): void;
  setB(value: boolean): void;
  setType(value: number): void;
  setShape(value: unknown): void;
  setTensor(value: unknown): void;
  setList(value: ListMessage): void;
}
interface ListMessage {
  setIList(values: number[]): void;
}
interface MessageMap {
  set(key: string, value: unknown): void;
}
interface ShapeMessage {
  setDimList(dimensions: unknown[]): void;
}
interface DimensionMessage {
  setSize(size: number): void;
}
interface TensorMessage {
  setDtype(type: number): void;
  setTensorShape(shape: unknown): void;
  setTensorContent(bytes: Uint8Array): void;
}
export interface NodeMessage {
  setName(name: string): void;
  setOp(type: string): void;
  setInputList(names: string[]): void;
  getAttrMap(): MessageMap;
}
interface TensorInfoMessage {
  setName(name: string): void;
  setDtype(type: number): void;
  setTensorShape(shape: unknown): void;
}
interface SignatureMessage {
  getInputsMap(): MessageMap;
  getOutputsMap(): MessageMap;
  setMethodName(name: string): void;
}

interface Messages {
  AttrValue: (new () => AttributeMessage) & { ListValue: new () => ListMessage };
  TensorShape: (new () => ShapeMessage) & { Dim: new () => DimensionMessage };
  Tensor: new () => TensorMessage;
  NodeDef: new () => NodeMessage;
  TensorInfo: new () => TensorInfoMessage;
  SignatureDef: new () => SignatureMessage;
  VersionDef: new () => { setProducer(version: number): void };
  GraphDef: new () => { setNodeList(nodes: NodeMessage[]): void; setVersions(version: unknown): void };
  MetaGraphDef: (new () => {
    setMetaInfoDef(info: unknown): void;
    setGraphDef(graph: unknown): void;
    getSignatureDefMap(): MessageMap;
  }) & { MetaInfoDef: new () => { setTagsList(tags: string[]): void } };
  SavedModel: new () => {
    setSavedModelSchemaVersion(version: number): void;
    setMetaGraphsList(graphs: unknown[]): void;
    serializeBinary(): Uint8Array;
  };
}

export const messages = createRequire(import.meta.url)(
  '@tensorflow/tfjs-node/dist/proto/api_pb.js',
) as Messages;

/** A TensorShape; -1 is a dimension of any size. */
export function shapeMessage(shape: readonly number[]): ShapeMessage {
  const message = new messages.TensorShape();
  message.setDimList(
    shape.map((size) => {
      const dimension = new messages.TensorShape.Dim();
      dimension.setSize(size);
      return dimension;
    }),
  );
  return message;
}

/** A TensorProto that holds `bytes` (little-endian, row-major) without copying them. */
export function tensorMessage(type: DataType, shape: readonly number[], bytes: Uint8Array): TensorMessage {
  const message = new messages.Tensor();
  message.setDtype(DATA_TYPES[type]);
  message.setTensorShape(shapeMessage(shape));
  message.setTensorContent(bytes);
  return message;
}
