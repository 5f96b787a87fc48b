package io.catwalk.runner.trial;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.Training.EpochBatches;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialOutcome.Provenance;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import io.catwalk.runner.trial.TrialRun.TrainedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes up trials in milliseconds, with all files of a training but an ONNX file, so that a test of what is done with
 * trials trains none: {@code Catwalk.run("compare", "lstm", "gru", "--on", "made-up:", "--no-latency", ...)}.
 *
 * <p>After {@code made-up:} may follow what becomes of a classifier, a label or a trial, such as
 * {@code lstm=0.91,gru@wide=failed,mlp/2-0=lost,fast=stuck}: an accuracy on the test images, an outcome, or that it goes
 * on until it is stopped. For all others an accuracy follows from classifier and seed. The weights are no network.
 */
public final class MadeUpExecutor implements TrialExecutorFactory {

    public MadeUpExecutor() {}

    @Override
    public String scheme() {
        return "made-up:";
    }

    @Override
    public Opening checked(Request request) {
        Map<String, String> asked = new HashMap<>();
        Stream.of(request.place().split(",", -1))
                .filter(one -> !one.isEmpty())
                .map(one -> one.split("=", 2))
                .forEach(one -> asked.put(one[0], one[1]));
        return needs -> new LocalExecutor(new Invention(asked), needs.jobs());
    }

    /** Makes up trials; {@code asked} says by id, label or classifier what becomes of them. */
    public record Invention(Map<String, String> asked, Map<Object, TrialImages> loaded)
            implements LocalExecutor.Execution {

        public Invention(Map<String, String> asked) {
            this(asked, new ConcurrentHashMap<>());
        }

        @Override
        public TrialOutcome train(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener)
                throws IOException, InterruptedException {
            listener.accept(new TrialNews.Started(""));
            TrialSpec spec = order.spec();
            String ofClassifier = asked.getOrDefault(spec.classifier(), "");
            String end = asked.getOrDefault(spec.id(), asked.getOrDefault(spec.label(), ofClassifier));
            folder.writeOrder(order);
            Files.writeString(folder.file(TrialFile.LOG), "This trial is made up.\n");
            if (end.equals("stuck")) {
                Thread.sleep(Long.MAX_VALUE);
            }
            try {
                return switch (end) {
                    case "failed" -> new TrialOutcome.Failed(spec, "made up, see " + folder.file(TrialFile.LOG));
                    case "lost" -> new TrialOutcome.Lost(spec, "made up");
                    default -> done(order, folder, end.isEmpty() ? plausible(spec) : Double.parseDouble(end), listener);
                };
            } catch (InfrastructureException e) {
                return new TrialOutcome.Lost(spec, String.valueOf(e.getMessage()));
            }
        }

        /** Classifiers are up to 0.1 apart, their seeds up to 0.02. */
        private static double plausible(TrialSpec spec) {
            return 0.82
                    + 0.1 * new SplittableRandom(spec.label().hashCode()).nextDouble()
                    + 0.02 * new SplittableRandom(spec.id().hashCode()).nextDouble();
        }

        private TrialOutcome done(TrialOrder order, TrialFolder folder, double accuracy, Consumer<TrialNews> listener)
                throws IOException {
            int fold = order.spec().fold();
            TrialImages images = loaded.computeIfAbsent(
                    List.of(order.dataset(), order.inputs(), order.split(), fold),
                    unused -> new TrialSources(order).images());
            return leave(order, folder, images, accuracy, listener);
        }
    }

    /** Writes into a folder what a trial writes that had this accuracy on its test images. */
    private static TrialOutcome.Done leave(
            TrialOrder order, TrialFolder folder, TrialImages images, double accuracy, Consumer<TrialNews> listener)
            throws IOException {
        TrialSpec spec = order.spec();
        SplittableRandom random = new SplittableRandom(order.key().hashCode());
        List<String> classes = images.dataset().classes();
        ImageSource learned = images.dataset().train();
        ImageSource held = learned.select(images.split().validation());
        ImageSource seen =
                learned.select(ImageSource.evenlySpaced(images.split().train(), TrialRun.MOST_SEEN));
        Predictions test = answers(images.dataset().test(), classes.size(), accuracy, random);
        Predictions validation = answers(held, classes.size(), Math.min(1, accuracy + 0.005), random);
        Predictions train = answers(seen, classes.size(), Math.min(1, accuracy + 0.02), random);
        TrialMetrics metrics = new TrialMetrics(
                Evaluation.of(test, classes).metrics(),
                Evaluation.of(validation, classes).metrics(),
                Evaluation.of(train, classes).metrics());
        List<Epoch> history = history(spec, metrics);
        history.forEach(epoch -> listener.accept(new TrialNews.Trained(epoch)));

        folder.writeSplit(images);
        folder.writeClasses(classes);
        folder.writeHistory(history, TrialFile.HISTORY);
        folder.writePredictions("test", test, images.dataset().test());
        folder.writePredictions("validation", validation, held);
        byte[] weights = new byte[2048];
        random.nextBytes(weights);
        Files.createDirectories(folder.file(TrialFile.WEIGHTS).resolveSibling(""));
        Files.write(folder.file(TrialFile.WEIGHTS), weights);
        TrainedWeights trained = trained(order, images, history, TrialFile.Digest.of(folder.path(), TrialFile.WEIGHTS));
        folder.writeTraining(trained);
        TrialOutcome.Done done = new TrialOutcome.Done(
                spec,
                null,
                metrics,
                metrics.overfitting(),
                null,
                trained.efficiency(),
                trained.timing(),
                trained.normalization(),
                trained.provenance(),
                folder.digests(),
                null);
        folder.writeOutcome(done);
        return done;
    }

    /** Some images are difficult for all networks. */
    private static Predictions answers(ImageSource images, int classes, double accuracy, SplittableRandom random) {
        int[] labels = images.labels();
        double[] difficulty = IntStream.range(0, labels.length)
                .mapToDouble(i -> new SplittableRandom(i).nextDouble() + random.nextDouble())
                .toArray();
        double[] sorted = difficulty.clone();
        Arrays.sort(sorted);
        int right = (int) Math.round(accuracy * labels.length);
        double limit = right == labels.length ? Double.MAX_VALUE : sorted[right];
        float[] logits = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            for (int c = 0; c < classes; c++) {
                logits[i * classes + c] = random.nextInt(512) / 256f;
            }
            int answer = difficulty[i] < limit ? labels[i] : (labels[i] + 1 + random.nextInt(classes - 1)) % classes;
            logits[i * classes + labels[i]] += 1;
            logits[i * classes + answer] += 3.25f;
        }
        return new Predictions(classes, labels, logits);
    }

    private static List<Epoch> history(TrialSpec spec, TrialMetrics metrics) {
        int epochs = spec.recipe().epochs();
        double accuracy = metrics.held().accuracy();
        return IntStream.rangeClosed(1, epochs)
                .mapToObj(epoch -> {
                    double reached = (1 + (double) epoch / epochs) / 2;
                    double loss = (1 - accuracy) / reached;
                    return new Epoch(
                            epoch, loss, accuracy * reached, loss, accuracy * reached, accuracy * reached, 0.001, 2.5);
                })
                .toList();
    }

    private static TrainedWeights trained(
            TrialOrder order, TrialImages images, List<Epoch> history, TrialFile.Digest weights) {
        TrialSpec spec = order.spec();
        TrialOrder.Inputs inputs = order.inputs();
        double seconds = history.stream().mapToDouble(Epoch::seconds).sum();
        EpochBatches batches =
                EpochBatches.of(images.split().train().length, spec.recipe().batchSize());
        long steps = (long) history.size() * batches.steps();
        int channels = images.dataset().train().channels();
        float[] mean = new float[channels];
        float[] std = new float[channels];
        Arrays.fill(mean, 0.286f);
        Arrays.fill(std, 0.353f);
        long parameters = 20_000L + new SplittableRandom(spec.label().hashCode()).nextInt(500_000);
        double speed = (double) history.size() * batches.images() / seconds;
        Efficiency efficiency = new Efficiency(
                parameters, null, weights.bytes(), null, seconds, speed, seconds + 10, 700_000_000L, null, null);
        Timing timing =
                new Timing("2026-11-24T15:15:52Z", seconds + 1.5, history.size(), history.size(), 2.5, steps, null);
        Provenance provenance = new Provenance(
                inputs.pluginId(),
                inputs.pluginVersion(),
                inputs.pluginSha256(),
                inputs.datasetSha256(),
                images.sha256(),
                spec.threads(),
                null,
                null,
                inputs.software(),
                new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, 16L << 30));
        String key = order.key();
        return new TrainedWeights(
                key, weights, efficiency, timing, new Normalization(mean, std), provenance, history, null);
    }
}
