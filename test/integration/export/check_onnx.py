"""Runs the ONNX checker, with shape inference, on a file. Prints what comes in and out as JSON."""
import json
import sys

import onnx

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)


def shape(value):
    tensor = value.type.tensor_type
    return [tensor.elem_type] + [d.dim_param or d.dim_value for d in tensor.shape.dim]


print(
    json.dumps(
        {
            "opset": model.opset_import[0].version,
            "inputs": {i.name: shape(i) for i in model.graph.input},
            "outputs": {o.name: shape(o) for o in model.graph.output},
            "metadata": {p.key: p.value for p in model.metadata_props},
        }
    )
)
