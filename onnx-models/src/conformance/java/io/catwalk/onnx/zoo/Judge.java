package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.DjlTensors;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.zoo.Network.Feed;
import io.catwalk.onnx.zoo.Verdict.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.SplittableRandom;

/** Runs a network in DJL, exports it, and holds the answers of ONNX Runtime against those of DJL. */
final class Judge {
    /** What messages advise where forward does not treat all sizes of batch alike. */
    private static final List<Axis.Dynamic> BOUNDED = List.of(
            Axis.of("batch").atLeast(2),
            Axis.of("batch").atMost(4),
            Axis.of("batch").atLeast(2).atMost(2));

    /** Largest difference relative to the scale of an output. */
    private static final double TOLERANCE = 1e-5;

    private static final long FIRST = Network.BATCHES.get(0);

    private Judge() {}

    static Verdict judge(Network network) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block;
            Map<Long, List<Values>> expected = new LinkedHashMap<>();
            try {
                block = initialized(network, manager);
                expected.put(FIRST, answers(network, block, manager, FIRST));
            } catch (RuntimeException e) {
                return new Verdict(network, Outcome.CANNOT_RUN, 0, 0, line(e));
            }
            for (long batch : Network.BATCHES) {
                try {
                    expected.put(batch, answers(network, block, manager, batch));
                } catch (RuntimeException e) {
                    // a batch that DJL does not run is not asked for
                }
            }
            List<Values> again = answers(network, block, manager, FIRST);
            Verdict verdict = exported(network, block, Axis.of("batch"), false, expected);
            if (verdict.outcome() == Outcome.REFUSED && !network.sizes().isEmpty()) {
                Verdict second = exported(network, block, Axis.of("batch"), true, expected);
                verdict = second.outcome() == Outcome.REFUSED
                        ? verdict
                        : second.advised("with the largest and smallest sizes, after " + verdict.why());
            }
            for (Axis.Dynamic bounded : BOUNDED) {
                if (verdict.outcome() == Outcome.REFUSED) {
                    Verdict second = exported(network, block, bounded, false, expected);
                    verdict = second.outcome() == Outcome.REFUSED ? verdict : second.advised(bounded, verdict.why());
                }
            }
            boolean steady = distance(again, expected.get(FIRST)) == 0;
            if (verdict.outcome() == Outcome.AGREES && !steady) {
                return new Verdict(
                        network, Outcome.WRONG, verdict.nodes(), 1, "exported, though it changes from call to call");
            }
            double change = distance(answers(network, block, manager, FIRST), again);
            // What is computed from memory behind a weight changes with that memory, whoever uses it next.
            boolean nonsense = verdict.why().contains("computes nonsense");
            return steady && change > 0 && !nonsense
                    ? new Verdict(
                            network, Outcome.SPOILED, verdict.nodes(), change, "answers differently after the export")
                    : verdict;
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever leaves the export is what is measured
    private static Verdict exported(
            Network network, Block block, Axis.Dynamic batch, boolean bounded, Map<Long, List<Values>> expected) {
        byte[] file;
        int nodes;
        try {
            file = OnnxExport.of(block, inputs(network, batch, bounded)).bytes();
            nodes = ModelProto.parseFrom(file).getGraph().getNodeCount();
        } catch (ExportException e) {
            return new Verdict(network, Outcome.REFUSED, 0, 0, line(e));
        } catch (Throwable e) {
            return new Verdict(network, Outcome.CRASHED, 0, 0, line(e));
        }
        double largest = 0;
        String why = "";
        try (OnnxRunner runner = OnnxRunner.open(file, OnnxOptions.standard())) {
            for (long size : expected.keySet()) {
                double distance = batch.takes(size) ? distance(run(runner, network, size), expected.get(size)) : 0;
                if (distance > largest) {
                    largest = distance;
                    why = "a batch of %d differs by %.2g".formatted(size, distance);
                }
            }
        } catch (OnnxFileException | IllegalArgumentException e) {
            return new Verdict(network, Outcome.UNREADABLE, 0, 0, line(e));
        }
        return largest > TOLERANCE
                ? new Verdict(network, Outcome.WRONG, nodes, largest, why)
                : new Verdict(network, Outcome.AGREES, nodes, largest, "");
    }

    private static OnnxInput[] inputs(Network network, Axis batch, boolean bounded) {
        List<OnnxInput> inputs = new ArrayList<>();
        for (Feed feed : network.feeds()) {
            List<Axis> axes = new ArrayList<>(List.of(batch));
            for (long size : feed.sample()) {
                axes.add(size < 0 ? axis(network, (int) -size, bounded) : Axis.of(size));
            }
            inputs.add(OnnxInput.of("in_" + inputs.size(), feed.type(), axes.toArray(Axis[]::new)));
        }
        return inputs.toArray(OnnxInput[]::new);
    }

    private static Axis axis(Network network, int number, boolean bounded) {
        LongSummaryStatistics sizes =
                network.sizes().stream().mapToLong(run -> run.get(number - 1)).summaryStatistics();
        Axis.Dynamic any = Axis.of("axis_" + number);
        boolean even = network.sizes().stream().allMatch(run -> run.get(number - 1) % 2 == 0);
        return bounded ? any.atLeast(sizes.getMin()).atMost(sizes.getMax()).inStepsOf(even ? 2 : 1) : any;
    }

    private static Block initialized(Network network, NDManager manager) {
        Block block = network.block().get();
        Shape[] shapes =
                network.feeds().stream().map(feed -> network.shape(feed, FIRST)).toArray(Shape[]::new);
        block.initialize(manager, DataType.FLOAT32, shapes);
        int count = 0;
        for (Pair<String, Parameter> pair : block.getParameters()) {
            fill(pair.getValue(), new SplittableRandom(network.toString().hashCode() + 31L * count++));
        }
        return block;
    }

    /** Draws weights that keep the scale of what passes, and statistics that a batch norm could have gathered. */
    private static void fill(Parameter parameter, SplittableRandom random) {
        Shape shape = parameter.getArray().getShape();
        double[] range = switch (parameter.getType()) {
            case WEIGHT -> {
                double bound = Math.sqrt(3.0 * (shape.dimension() == 0 ? 1 : shape.get(0)) / shape.size());
                yield new double[] {-bound, bound};
            }
            case GAMMA, RUNNING_VAR -> new double[] {0.5, 1.5};
            default -> new double[] {-0.5, 0.5};
        };
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (range[0] + random.nextDouble() * (range[1] - range[0]));
        }
        parameter.getArray().set(values);
    }

    private static List<Values> inputs(Network network, long batch) {
        List<Values> inputs = new ArrayList<>();
        for (Feed feed : network.feeds()) {
            inputs.add(Values.drawn(
                    feed, network.shape(feed, batch), network.name().hashCode() + 100 * batch + inputs.size()));
        }
        return inputs;
    }

    private static List<Values> answers(Network network, Block block, NDManager manager, long batch) {
        try (NDManager scope = manager.newSubManager()) {
            NDList list = new NDList();
            inputs(network, batch).forEach(input -> list.add(input.array(scope)));
            NDList out = block.forward(new ParameterStore(scope, false), list, false);
            return out.stream().map(Values::of).toList();
        }
    }

    private static List<Values> run(OnnxRunner runner, Network network, long batch) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, Tensor> feeds = new LinkedHashMap<>();
            for (Values input : inputs(network, batch)) {
                feeds.put("in_" + feeds.size(), DjlTensors.of(input.array(manager)));
            }
            feeds.keySet()
                    .retainAll(runner.inputs().stream().map(TensorInfo::name).toList());
            return runner.run(feeds).values().stream()
                    .map(output -> Values.of(DjlTensors.toArray(output, manager)))
                    .toList();
        }
    }

    private static double distance(List<Values> found, List<Values> expected) {
        if (found.size() != expected.size()) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < found.size(); i++) {
            largest = Math.max(largest, found.get(i).distanceTo(expected.get(i)));
        }
        return largest;
    }

    private static String line(Throwable e) {
        String message = e.getMessage() == null ? "" : e.getMessage().replaceAll("\\s+", " ");
        String kind = e instanceof ExportException ? "" : e.getClass().getSimpleName() + ": ";
        return kind + message;
    }
}
