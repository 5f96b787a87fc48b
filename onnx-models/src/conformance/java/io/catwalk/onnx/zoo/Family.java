package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.zoo.Network.Feed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Networks of one kind, which a subclass adds; it has short names for layers and inputs, too. */
abstract class Family extends Layers {
    private final String name;
    private final List<Network> networks = new ArrayList<>();

    Family(String name) {
        this.name = name;
    }

    final void add(String network, Supplier<Block> block, Feed... feeds) {
        networks.add(new Network(name, network, block, List.of(feeds), List.of()));
    }

    /** Adds what takes any sizes, of which four are run. */
    final void sized(long[][] sizes, String network, Supplier<Block> block, Feed... feeds) {
        List<List<Long>> runs = Stream.of(sizes).map(Family::list).toList();
        networks.add(new Network(name, network, block, List.of(feeds), runs));
    }

    /** Adds what only computes one array from another of any sizes. */
    final void sizedOn(long[][] sizes, String network, Function<NDArray, NDArray> step, Feed... feeds) {
        sized(sizes, network, () -> LambdaBlock.singleton(step), feeds);
    }

    private static List<Long> list(long... sizes) {
        return LongStream.of(sizes).boxed().toList();
    }

    static Feed floats(long... sample) {
        return new Feed(list(sample), DataType.FLOAT32, -1, 1);
    }

    static Feed between(double low, double high, long... sample) {
        return new Feed(list(sample), DataType.FLOAT32, low, high);
    }

    /** Numbers of words or items, from 0 to {@code count - 1}. */
    static Feed ids(int count, long... sample) {
        return new Feed(list(sample), DataType.INT64, 0, count);
    }

    static Feed typed(DataType type, int count, long... sample) {
        return new Feed(list(sample), type, 0, count);
    }

    /** Adds what only computes one array from another. */
    final void on(String network, Function<NDArray, NDArray> step, Feed... feeds) {
        add(network, () -> LambdaBlock.singleton(step), feeds);
    }

    /** Adds what only computes, from all inputs. */
    final void onAll(String network, Function<NDList, NDList> step, Feed... feeds) {
        add(network, () -> new LambdaBlock(step), feeds);
    }

    final List<Network> networks() {
        return networks;
    }
}
