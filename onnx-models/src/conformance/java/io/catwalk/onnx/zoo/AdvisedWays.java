package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;

/** What is refused elsewhere in the zoo, written as the messages advise. */
final class AdvisedWays extends Family {
    AdvisedWays() {
        super("advised");
        on("real parts of stft", AdvisedWays::stft, floats(128));
        on("rfft by matrices", AdvisedWays::rfft, floats(32));
        add("parameter from the store", AdvisedWays::linformer, floats(6, 16));
        add("view written by index", AdvisedWays::view, floats(4, 6));
        on("where instead of a branch", AdvisedWays::where, floats(6));
        on("arrays instead of the host", x -> x.mul(x), floats(6));
        add("noise as a parameter", AdvisedWays::noise, floats(6));
        add("both ways without biases", AdvisedWays::bothWays, floats(7, 6));
    }

    private static NDArray stft(NDArray x) {
        NDArray start = x.stft(32, 16, true, x.getManager().hanningWindow(32), false, false);
        return start.square().sum(new int[] {3}).sqrt();
    }

    private static NDArray rfft(NDArray x) {
        NDManager manager = x.getManager();
        NDArray steps = manager.arange(32f).reshape(32, 1);
        NDArray angles = steps.mul(manager.arange(17f).reshape(1, 17)).mul((float) (2 * Math.PI / 32));
        NDArray real = x.matMul(angles.cos());
        NDArray imaginary = x.matMul(angles.sin());
        return real.square().add(imaginary.square()).sqrt();
    }

    private static Block linformer() {
        var net = new Net();
        Parameter shrink = net.weight("shrink", 3, 6);
        return net.on((call, x) -> {
            NDArray e = call.value(shrink, x);
            NDArray scores = x.matMul(e.matMul(x).transpose(0, 2, 1)).mul(0.25);
            return scores.softmax(-1).matMul(e.matMul(x));
        });
    }

    private static Block view() {
        return seq(linear(6), lambda(x -> {
            x.set(new NDIndex(":, 1"), part -> part.add(10));
            x.set(new NDIndex(":, 0, 0"), x.get(":, 0, 0").sub(3));
            return x;
        }));
    }

    private static NDArray where(NDArray x) {
        NDArray positive = x.sum(new int[] {1}, true).gt(0).broadcast(x.getShape());
        return NDArrays.where(positive, x.mul(2), x.neg());
    }

    private static Block noise() {
        var net = new Net();
        Parameter noise = net.weight("noise", 1, 6);
        return net.on((call, x) -> x.add(call.value(noise, x).mul(0.1)));
    }

    private static Block bothWays() {
        return lstm(6, 1).optBidirectional(true).optHasBiases(false).build();
    }
}
