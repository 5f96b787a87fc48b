package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.zoo.Network.Feed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Collects the networks of one family. */
final class Family {
    private final String name;
    private final List<Network> networks = new ArrayList<>();

    Family(String name) {
        this.name = name;
    }

    Family add(String network, Supplier<Block> block, Feed... feeds) {
        networks.add(new Network(name, network, block, List.of(feeds)));
        return this;
    }

    /** Adds what only computes one array from another. */
    Family on(String network, Function<NDArray, NDArray> step, Feed... feeds) {
        return add(network, () -> LambdaBlock.singleton(step), feeds);
    }

    /** Adds what only computes, from all inputs. */
    Family onAll(String network, Function<NDList, NDList> step, Feed... feeds) {
        return add(network, () -> new LambdaBlock(step), feeds);
    }

    List<Network> networks() {
        return networks;
    }
}
