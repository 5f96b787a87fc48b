package io.catwalk.onnx.zoo;

import java.util.List;
import java.util.stream.Stream;

/** All networks, family by family. */
final class Zoo {
    private Zoo() {}

    static List<Network> networks() {
        return Stream.<Family>of(
                        new DjlZoo(),
                        new DjlBlocks(),
                        new Transformers(),
                        new Sequences(),
                        new TimeSeries(),
                        new ClassicCnns(),
                        new ModernCnns(),
                        new Detection(),
                        new Generative(),
                        new Tables(),
                        new Tricks(),
                        new Late(),
                        new AnySizes(),
                        new AdvisedWays())
                .flatMap(family -> family.networks().stream())
                .toList();
    }
}
