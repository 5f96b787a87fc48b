package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.flatten;
import static io.catwalk.onnx.zoo.Layers.gru;
import static io.catwalk.onnx.zoo.Layers.kernel;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.lstm;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.between;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;
import static io.catwalk.onnx.zoo.Network.Feed.typed;

import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv3d;
import java.util.List;

/** Written after the others, when those had shown what was missing: blocks, lists, and what looks across the batch. */
final class LateBlocks {
    private LateBlocks() {}

    static List<Network> networks() {
        return new Family("late")
                .on("rows of the batch", LateBlocks::rows, floats(5))
                .onAll("label picked by two arrays", LateBlocks::pick, floats(5), ids(5))
                .onAll("number first", LateBlocks::numberFirst, between(0.5, 2, 4))
                .onAll("sums of many", LateBlocks::sums, floats(4), floats(4), floats(4))
                .on("gradients stopped", LateBlocks::gradients, floats(4))
                .on("device and type as they are", LateBlocks::device, floats(4))
                .add("lists by name", LateBlocks::listNames, floats(4), floats(3))
                .add("flatten with size", () -> seq(Blocks.batchFlattenBlock(12), linear(2)), floats(3, 4))
                .add("functions in sequence", LateBlocks::functions, floats(6))
                .add("intermediate outputs", LateBlocks::intermediate, floats(6))
                .add("parallel functions", LateBlocks::parallel, floats(6))
                .add("children by index", LateBlocks::children, floats(6))
                .add("one parameter in two blocks", LateBlocks::twoOwners, floats(6))
                .add("picture utilities", LateBlocks::utilities, typed(DataType.UINT8, 256, 8, 8, 3))
                .add("uneven kernels", LateBlocks::unevenKernels, floats(2, 9, 12))
                .add("grouped 3d", LateBlocks::grouped3d, floats(4, 5, 6, 7))
                .add("states handed over", LateBlocks::states, floats(5, 4))
                .add("twin recurrences", LateBlocks::twins, floats(5, 4))
                .add("states of both ways", LateBlocks::bothWays, floats(5, 4))
                .on(
                        "mean of everything",
                        x -> x.sub(x.mean())
                                .div(x.sub(x.mean()).square().mean().add(1e-5).sqrt()),
                        floats(3, 4))
                .on("sum over size", x -> x.sub(x.sum().div(x.size())), floats(3, 4))
                .on("sorted batch", x -> x.sort(0), floats(4))
                .on("softmax over batch", x -> x.softmax(0), floats(4))
                .on("reversed batch", x -> x.flip(0).cumSum(0), floats(4))
                .on("doubled batch", x -> x.concat(x.neg(), 0), floats(4))
                .on("first sample", x -> x.sub(x.get(0)), floats(4))
                .on("repeated samples", x -> x.repeat(0, 3).reshape(-1, 3, 4).mean(new int[] {1}), floats(4))
                .on("flat", x -> x.flatten().mul(2).reshape(x.getShape()), floats(3, 2))
                .on("batch gram", x -> x.dot(x.transpose()).softmax(1).dot(x), floats(4))
                .onAll(
                        "scalar out",
                        list -> new NDList(
                                list.head().square().sum(), list.head().max()),
                        floats(4))
                .networks();
    }

    private static NDArray rows(NDArray x) {
        NDArray order = x.getManager().arange((int) x.getShape().get(0)).toType(DataType.INT64, false);
        return x.get(order)
                .add(order.toType(DataType.FLOAT32, false).reshape(-1, 1).mul(0));
    }

    private static NDList pick(NDList list) {
        NDArray x = list.get(0).logSoftmax(1);
        NDArray at = list.get(1).reshape(-1, 1);
        return new NDList(x.gather(at, 1).squeeze(1).neg());
    }

    private static NDList numberFirst(NDList list) {
        NDArray x = list.head();
        return new NDList(
                NDArrays.sub(1, x),
                NDArrays.div(2, x),
                NDArrays.pow(2, x),
                NDArrays.mod(3, x),
                NDArrays.mul(0.5, x),
                NDArrays.add(1, x));
    }

    private static NDList sums(NDList list) {
        return new NDList(
                NDArrays.add(list.get(0), list.get(1), list.get(2)),
                NDArrays.mul(list.get(0), list.get(1), list.get(2)));
    }

    private static NDArray gradients(NDArray x) {
        return x.stopGradient().mul(2).sub(x.scaleGradient(0.5));
    }

    private static NDArray device(NDArray x) {
        return x.toDevice(x.getDevice(), false)
                .toType(x.getDataType(), false)
                .add(x.getManager().ones(x.getShape(), x.getDataType()));
    }

    private static Block listNames() {
        var net = new Net();
        Block a = net.child(linear(2), 1, 4);
        Block b = net.child(linear(2), 1, 3);
        return net.onAll((call, in) -> {
            NDArray left = call.run(a, in.get(0));
            left.setName("left");
            NDArray right = call.run(b, in.get(1));
            right.setName("right");
            NDList both = new NDList(left, right);
            return new NDList(
                    both.get("left").mul(both.get("right")), both.subNDList(1).head());
        });
    }

    private static Block functions() {
        return new SequentialBlock()
                .add(linear(8))
                .add(Activation::relu)
                .addSingleton(x -> x.mul(2))
                .add(list -> new NDList(list.head(), list.head().neg()))
                .add(list -> new NDList(list.get(0).concat(list.get(1), 1)))
                .add(linear(3));
    }

    private static Block intermediate() {
        SequentialBlock blocks = seq(linear(4), relu(), linear(3));
        blocks.setReturnIntermediate(true);
        return blocks;
    }

    private static Block parallel() {
        return new ParallelBlock(lists -> NDArrays.concat(
                                        new NDList(
                                                lists.get(0).head(),
                                                lists.get(1).head()),
                                        1)
                                == null
                        ? new NDList()
                        : new NDList(NDArrays.concat(
                                new NDList(lists.get(0).head(), lists.get(1).head()), 1)))
                .addSingleton(x -> x.square())
                .addSingleton(x -> x.tanh());
    }

    private static Block children() {
        return new Net() {
            {
                addChildBlock("first", linear(4));
                addChildBlock("second", linear(2));
            }

            @Override
            protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
                getChildren().get("01first").initialize(manager, type, new Shape(1, 6));
                getChildren().values().get(1).initialize(manager, type, new Shape(1, 4));
            }

            @Override
            NDList apply(Call call, NDList in) {
                NDArray x = call.run(getChildren().get("01first"), in.head()).tanh();
                return call.all(getChildren().get(1).getValue(), x);
            }
        };
    }

    private static Block twoOwners() {
        var net = new Net();
        Parameter w = net.weight("w", 6, 6);
        Block transposed = new Net().on((call, x) -> x.matMul(call.value(w, x).transpose()));
        Block inner = net.child(transposed, 1, 6);
        return net.on((call, x) -> call.run(inner, x.matMul(call.value(w, x)).tanh()));
    }

    private static Block utilities() {
        return seq(
                lambda(x -> NDImageUtils.toTensor(x)),
                lambda(x -> NDImageUtils.normalize(x, new float[] {0.5f, 0.4f, 0.3f}, new float[] {0.2f, 0.3f, 0.4f})),
                conv(4, 3),
                flatten(),
                linear(2));
    }

    private static Block unevenKernels() {
        return seq(
                kernel(4, 5, 2)
                        .optStride(new Shape(1, 3))
                        .optPadding(new Shape(0, 1))
                        .build(),
                relu(),
                kernel(3, 1, 3)
                        .optDilation(new Shape(1, 2))
                        .optPadding(new Shape(0, 2))
                        .optBias(false)
                        .build());
    }

    private static Block grouped3d() {
        return Conv3d.builder()
                .setFilters(8)
                .setKernelShape(new Shape(2, 3, 3))
                .optStride(new Shape(1, 2, 2))
                .optPadding(new Shape(0, 1, 1))
                .optGroups(2)
                .build();
    }

    private static Block states() {
        var net = new Net();
        Block first = net.child(lstm(3, 1).optReturnState(true).build(), 1, 5, 4);
        Block second = net.child(lstm(3, 1).optReturnState(true).build(), 1, 5, 3);
        return net.onAll((call, in) -> {
            NDList a = call.all(first, in.head());
            NDList b = call.all(second, a.get(0), a.get(1), a.get(2));
            return new NDList(b.get(0), b.get(1).squeeze(0), b.get(2));
        });
    }

    private static Block twins() {
        return new ParallelBlock(lists -> new NDList(
                        lists.get(0).head().get(":, -1").mul(lists.get(1).head().get(":, -1"))))
                .addAll(gru(3, 1).build(), lstm(3, 1).build());
    }

    private static Block bothWays() {
        return gru(3, 2)
                .optBidirectional(true)
                .optHasBiases(false)
                .optReturnState(true)
                .build();
    }
}
