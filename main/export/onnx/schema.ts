import protobuf from 'protobufjs';

/** The messages of an ONNX model that are used here, with the field numbers of https://github.com/onnx/onnx (onnx.proto). */
const schema = protobuf.parse(
  `syntax = "proto2";
  package onnx;
  message AttributeProto {
    optional string name = 1;
    optional int64 i = 3;
    repeated int64 ints = 8;
    optional int32 type = 20;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    optional string name = 3;
    optional string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message TensorProto {
    repeated int64 dims = 1;
    optional int32 data_type = 2;
    optional string name = 8;
    optional bytes raw_data = 9;
  }
  message Dimension {
    optional int64 dim_value = 1;
    optional string dim_param = 2;
  }
  message TensorShapeProto { repeated Dimension dim = 1; }
  message TensorTypeProto {
    optional int32 elem_type = 1;
    optional TensorShapeProto shape = 2;
  }
  message TypeProto { optional TensorTypeProto tensor_type = 1; }
  message ValueInfoProto {
    optional string name = 1;
    optional TypeProto type = 2;
  }
  message GraphProto {
    repeated NodeProto node = 1;
    optional string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
  }
  message OperatorSetIdProto {
    optional string domain = 1;
    optional int64 version = 2;
  }
  message StringStringEntryProto {
    optional string key = 1;
    optional string value = 2;
  }
  message ModelProto {
    optional int64 ir_version = 1;
    optional string producer_name = 2;
    optional string producer_version = 3;
    optional GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
    repeated StringStringEntryProto metadata_props = 14;
  }`,
  { keepCase: true },
).root;

/** Numbers of AttributeProto.type and TensorProto.data_type. */
export const ATTRIBUTE_TYPE = { INT: 2, INTS: 7 } as const;
export const FLOAT32 = 1;

export interface OnnxAttribute {
  name: string;
  type: number;
  i?: number;
  ints?: number[];
}
export interface OnnxNode {
  op_type: string;
  name: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}
export interface OnnxTensor {
  name: string;
  dims: number[];
  data_type: number;
  raw_data: Uint8Array;
}
export interface OnnxValue {
  name: string;
  type: {
    tensor_type: { elem_type: number; shape: { dim: { dim_value?: number; dim_param?: string }[] } };
  };
}
export interface OnnxModel {
  ir_version: number;
  producer_name: string;
  producer_version: string;
  opset_import: { domain: string; version: number }[];
  graph: {
    name: string;
    node: OnnxNode[];
    initializer: OnnxTensor[];
    input: OnnxValue[];
    output: OnnxValue[];
  };
  metadata_props: { key: string; value: string }[];
}

const model = schema.lookupType('onnx.ModelProto');

export function encodeOnnx(content: OnnxModel): Uint8Array {
  return model.encode(model.fromObject(content)).finish();
}

/** Missing fields have their default values. Bytes are views of the file's. */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  return model.toObject(model.decode(bytes), { longs: Number, defaults: true, arrays: true }) as OnnxModel;
}
