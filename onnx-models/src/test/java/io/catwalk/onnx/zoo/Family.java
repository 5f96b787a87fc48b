package io.catwalk.onnx.zoo;

import ai.djl.nn.Block;
import io.catwalk.onnx.zoo.Network.Feed;
import java.util.ArrayList;
import java.util.List;
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

    List<Network> networks() {
        return networks;
    }
}
