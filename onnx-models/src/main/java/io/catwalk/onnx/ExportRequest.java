package io.catwalk.onnx;

import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.lowering.HalfWeights;
import io.catwalk.onnx.lowering.Lowering;
import io.catwalk.onnx.lowering.LoweringOptions;
import io.catwalk.onnx.lowering.LoweringOptions.ExportFlag;
import io.catwalk.onnx.lowering.Naming;
import io.catwalk.onnx.lowering.OperatorTable;
import io.catwalk.onnx.parity.ProofReport;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.trace.Tracing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Holds what to export and how, and runs the export.
 *
 * @param inputs inputs of its {@code forward}
 * @param naming names of the inputs and outputs
 * @param parameters store of the weights; empty to take them from the block
 * @param metadata metadata entries of the model, by key
 * @param proof the proof that must succeed, if one is required
 */
record ExportRequest(
        Block block,
        List<OnnxInput> inputs,
        Naming naming,
        Optional<ParameterStore> parameters,
        LoweringOptions options,
        SortedMap<String, String> metadata,
        Optional<ProofRequest> proof) {

    ExportRequest {
        inputs = List.copyOf(inputs);
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }

    ExportRequest with(List<OnnxInput> changed) {
        return new ExportRequest(block, changed, naming, parameters, options, metadata, proof);
    }

    ExportRequest withOutputs(List<String> names) {
        return new ExportRequest(
                block, inputs, new Naming(naming.inputs(), names), parameters, options, metadata, proof);
    }

    ExportRequest with(ParameterStore store) {
        return new ExportRequest(block, inputs, naming, Optional.of(store), options, metadata, proof);
    }

    ExportRequest with(LoweringOptions changed) {
        return new ExportRequest(block, inputs, naming, parameters, changed, metadata, proof);
    }

    ExportRequest with(Map<String, String> entries) {
        SortedMap<String, String> all = new TreeMap<>(metadata);
        all.putAll(entries);
        return new ExportRequest(block, inputs, naming, parameters, options, all, proof);
    }

    ExportRequest with(ProofRequest required) {
        return new ExportRequest(block, inputs, naming, parameters, options, metadata, Optional.of(required));
    }

    /** Tells whether large tensors go into a second file, by choice or because one file cannot hold them. */
    boolean isBeside(Model model) {
        return options.choices().contains(ExportFlag.EXTERNAL_DATA) || !OnnxSerializer.fits(model);
    }

    /** Exports the network, and runs the proof if one is required. */
    Model model() {
        Model model = unproven();
        return proof.map(asked -> asked.proven(network(model), model, isBeside(model)))
                .orElse(model);
    }

    /** Exports the network, and reports how far the outputs differ from those of the network. */
    ProofReport report(ProofRequest asked) {
        Model model = unproven();
        return asked.report(network(model), model, isBeside(model));
    }

    private BlockNetwork network(Model model) {
        return new BlockNetwork(block, parameters, options, model.graph());
    }

    private Model unproven() {
        Tracing tracing = new Tracing(block, parameters, inputs, OperatorTable.primitives());
        Tracing.Traced<Graph> traced = tracing.trace(program -> Lowering.graph(program, options, naming));
        Graph graph = traced.made();
        SortedMap<String, String> entries = new TreeMap<>(metadata);
        entries.putAll(sizes(inputs, traced.tried()));
        multiplyAccumulates(graph)
                .ifPresent(count -> entries.put(MetadataKeys.MULTIPLY_ACCUMULATES, Long.toString(count)));
        if (options.choices().contains(ExportFlag.FLOAT16_WEIGHTS)) {
            entries.put(MetadataKeys.WEIGHTS, MetadataKeys.FLOAT16);
            entries.put(MetadataKeys.WHOLE_WEIGHTS, String.join("\n", HalfWeights.whole(graph)));
        }
        return new Model(graph, options.opset(), entries);
    }

    /** Counts the MACs for one sample; empty if samples differ in size, or if those of a fixed batch share work. */
    private OptionalLong multiplyAccumulates(Graph graph) {
        if (!inputs.stream().allMatch(OnnxInput::isOfOneSizePerSample)) {
            return OptionalLong.empty();
        }
        long all = graph.multiplyAccumulates();
        long samples = OnnxInput.fixedBatch(inputs);
        return all % samples == 0 ? OptionalLong.of(all / samples) : OptionalLong.empty();
    }

    /** Writes the sizes of dynamic axes for the metadata: which may be used, and which were tried. */
    private static Map<String, String> sizes(List<OnnxInput> inputs, SortedMap<String, SortedSet<Long>> tried) {
        Map<String, String> entries = new TreeMap<>();
        String bounds = inputs.stream()
                .flatMap(input -> input.dynamic().stream())
                .filter(axis -> !axis.isSingle() && !axis.equals(Axis.of(axis.name())))
                .distinct()
                .map(ExportRequest::bounds)
                .sorted()
                .collect(Collectors.joining(";"));
        if (!bounds.isEmpty()) {
            entries.put(MetadataKeys.SIZE_BOUNDS, bounds);
        }
        if (!tried.isEmpty()) {
            entries.put(
                    MetadataKeys.TRIED_SIZES,
                    tried.entrySet().stream()
                            .map(axis -> axis.getKey() + "=" + ranges(axis.getValue()))
                            .collect(Collectors.joining(";")));
        }
        return entries;
    }

    private static String bounds(Axis.Dynamic axis) {
        return axis.name() + "=" + axis.least() + "-" + (axis.most() == Long.MAX_VALUE ? "" : axis.most())
                + (axis.step() == 1 ? "" : "/" + axis.step());
    }

    private static String ranges(SortedSet<Long> sizes) {
        List<String> ranges = new ArrayList<>();
        long first = sizes.first();
        for (long size : sizes) {
            if (!sizes.contains(size - 1)) {
                first = size;
            }
            if (!sizes.contains(size + 1)) {
                ranges.add(first == size ? Long.toString(size) : first + "-" + size);
            }
        }
        return String.join(",", ranges);
    }

    /**
     * Writes a model into temporary files beside the target, and then moves them into place.
     *
     * @param beside whether large tensors go into the file that {@link ModelFiles#data} names
     */
    static void write(Model model, boolean beside, Path file) throws IOException {
        Path draft = part(file);
        Path weights = part(ModelFiles.data(file));
        try {
            try (OutputStream stream = Files.newOutputStream(draft)) {
                if (beside) {
                    try (OutputStream data = Files.newOutputStream(weights)) {
                        OnnxSerializer.write(
                                model, String.valueOf(ModelFiles.data(file).getFileName()), data, stream);
                    }
                } else {
                    OnnxSerializer.write(model, stream);
                }
            }
            boolean anyBeside = beside && Files.size(weights) > 0;
            ModelFiles.publish(draft, anyBeside ? Optional.of(weights) : Optional.empty(), file);
        } finally {
            Files.deleteIfExists(draft);
            Files.deleteIfExists(weights);
        }
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }
}
