package io.catwalk.onnx.zoo;

import java.util.List;
import java.util.stream.Stream;

/** All networks, family by family. */
final class Zoo {
    private Zoo() {}

    static List<Network> networks() {
        return Stream.of(
                        DjlZoo.networks(),
                        DjlBlocks.networks(),
                        Transformers.networks(),
                        Sequences.networks(),
                        TimeSeries.networks(),
                        ClassicCnns.networks(),
                        ModernCnns.networks(),
                        Detection.networks(),
                        Generative.networks(),
                        Tables.networks(),
                        Tricks.networks(),
                        Late.networks(),
                        AdvisedWays.networks())
                .flatMap(List::stream)
                .toList();
    }
}
