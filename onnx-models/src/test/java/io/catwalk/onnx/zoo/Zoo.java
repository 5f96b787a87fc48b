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
                        PatchTransformers.networks(),
                        AttentionForms.networks(),
                        MoreAttention.networks(),
                        Recurrent.networks(),
                        Sequences.networks(),
                        SequenceHeads.networks(),
                        Forecasts.networks(),
                        TimeSeries.networks(),
                        ClassicCnns.networks(),
                        ClassicLayers.networks(),
                        ModernCnns.networks(),
                        ModernLayers.networks(),
                        ModernNorms.networks(),
                        Segmentation.networks(),
                        Detection.networks(),
                        Generative.networks(),
                        Densities.networks(),
                        Recommenders.networks(),
                        FeatureCrosses.networks(),
                        Graphs.networks(),
                        Metrics.networks(),
                        ArrayTricks.networks(),
                        JavaTricks.networks(),
                        TypeTricks.networks(),
                        MathTricks.networks(),
                        LateBlocks.networks(),
                        LateMath.networks(),
                        AdvisedWays.networks())
                .flatMap(List::stream)
                .toList();
    }
}
