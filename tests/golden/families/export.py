"""ONNX files as they are found: PyTorch's exporter in several operator sets, a model zoo's old style, newer stamps."""

import io

import numpy
import onnx
import torch
from onnx import helper, numpy_helper, version_converter

# The last operator set that Debian's onnx knows
NEWEST = 17
# Swin v2 sets a part of a bias to zero in place, which later exporters know how to write
torch.onnx.register_custom_op_symbolic("aten::zero", lambda g, x: g.op("Sub", x, x), 9)


def export(model, x, opset, batch, batch_norm=False, zoo=False, converted=None):
    """The bytes of a file whose batch is `batch`: a number, or `N` for any.

    `batch_norm` keeps BatchNormalization nodes, `zoo` writes the file as the model zoo's oldest ones are, and
    `converted` brings it from the exporter's `opset` to a later one.
    """
    file = io.BytesIO()
    axes = {"input": {0: "N"}, "scores": {0: "N"}} if batch == "N" else None
    if zoo:
        for norm in model.modules():
            if isinstance(norm, torch.nn.LocalResponseNorm):
                with_one_node(norm)
    mode = torch.onnx.TrainingMode.PRESERVE if batch_norm else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(
        model, x, file, opset_version=opset, input_names=["input"], output_names=["scores"], dynamic_axes=axes,
        training=mode, keep_initializers_as_inputs=zoo, do_constant_folding=not zoo,
    )
    proto = onnx.load_from_string(file.getvalue())
    if zoo:
        in_old_style(proto)
    if converted and converted <= NEWEST:
        proto = version_converter.convert_version(proto, converted)
    onnx.checker.check_model(proto)
    if converted and converted > NEWEST:
        proto = stamped(proto, converted)
    return proto.SerializeToString()


class LocalResponseNorm(torch.autograd.Function):
    """One node, where PyTorch's exporter writes its parts."""

    @staticmethod
    def forward(_context, x, size, alpha, beta, bias):
        return torch.nn.functional.local_response_norm(x, size, alpha, beta, bias)

    @staticmethod
    def symbolic(g, x, size, alpha, beta, bias):
        return g.op("LRN", x, size_i=size, alpha_f=alpha, beta_f=beta, bias_f=bias)


def with_one_node(norm):
    norm.forward = lambda x: LocalResponseNorm.apply(x, norm.size, norm.alpha, norm.beta, norm.k)


def in_old_style(proto):
    """With Reshape for Flatten, Dropout before linear layers, spatial BatchNormalization, and a Softmax at the end."""
    graph = proto.graph
    graph.initializer.append(numpy_helper.from_array(numpy.array([0, -1]), "flat"))
    graph.input.append(helper.make_tensor_value_info("flat", onnx.TensorProto.INT64, [2]))
    nodes = []
    for node in graph.node:
        if node.op_type == "Gemm":
            kept = f"{node.output[0]}_dropout"
            nodes.append(helper.make_node("Dropout", [node.input[0]], [kept, f"{kept}_mask"], ratio=0.5))
            node.input[0] = kept
        if node.op_type == "Flatten":
            node = helper.make_node("Reshape", [node.input[0], "flat"], node.output, node.name)
        if node.op_type == "BatchNormalization" and proto.opset_import[0].version < 9:
            node.attribute.append(helper.make_attribute("spatial", 1))
        nodes.append(node)
    nodes[-1].output[0] = "logits"
    nodes.append(helper.make_node("Softmax", ["logits"], ["scores"]))
    del graph.node[:]
    graph.node.extend(nodes)


def stamped(proto, opset):
    """In an operator set that Debian's onnx does not know: of the operators used here, only reductions have changed."""
    for node in proto.graph.node:
        axes = [attribute for attribute in node.attribute if attribute.name == "axes"]
        if node.op_type in ("ReduceMean", "ReduceL2") and axes:
            name = f"{node.output[0]}_axes"
            proto.graph.initializer.append(numpy_helper.from_array(numpy.array(axes[0].ints), name))
            node.input.append(name)
            node.attribute.remove(axes[0])
    proto.opset_import[0].version = opset
    proto.ir_version = 8
    return proto
