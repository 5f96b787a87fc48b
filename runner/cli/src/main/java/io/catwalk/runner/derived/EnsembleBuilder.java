package io.catwalk.runner.derived;

import io.catwalk.onnx.compose.Ensemble;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.parity.ProofReport;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.evaluation.EnsembleSelection;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.statistics.PairedAccuracy;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Selects members among the trials of a run on their validation images, joins their files into one, and proves it on the
 * test images against the mean of what the files of the members answer.
 *
 * @param mostMembers how many different networks may join, at least 1
 * @param leastGain percentage points that the ensemble must win
 * @param threads to measure with
 */
public record EnsembleBuilder(int mostMembers, double leastGain, int threads) {

    /**
     * An ensemble.
     *
     * @param file with a name that ends in {@code .rejected.onnx} or {@code .undecided.onnx} if it does not ship
     * @param members each with how often it counts
     * @param best trial of the best member, that is the one with the lowest log loss on the validation images
     * @param proof of the file; it does not agree if the file is not proven, and then does not ship
     * @param verdict null unless it is proven
     */
    public record Result(
            Path file,
            List<Member> members,
            Done best,
            int candidates,
            double memberAccuracy,
            double accuracy,
            ProofReport proof,
            @Nullable Verdict verdict) {}

    /** A trial in an ensemble, and how often it counts. */
    public record Member(Done trial, int votes) {}

    /**
     * Compares an ensemble with the best of its members.
     *
     * @param accuracy of both on all test images; the ensemble is the first
     * @param member latency of the best member
     * @param ensemble latency of the ensemble
     * @param leastGain percentage points that the ensemble must win, with the whole 95 % interval; below 0, what it may lose
     * @param members how many different networks it has, at least 1
     */
    public record Verdict(PairedAccuracy accuracy, Latency member, Latency ensemble, double leastGain, int members) {

        private static final double CONFIDENCE = 0.95;

        /** Refuses what is no gain of accuracy, before something is computed. */
        public static void requireGain(double leastGain) {
            if (!(leastGain >= -100 && leastGain <= 100)) {
                throw new RequestException(
                        "--min-gain must be from -100 to 100 points, such as 0.2, but is " + leastGain);
            }
        }

        /** Decides by the whole interval, not by its middle alone. */
        public Decision decision() {
            if (100 * gained().low() > leastGain) {
                return Decision.SHIP;
            }
            return 100 * gained().high() <= leastGain ? Decision.KEEP : Decision.CANNOT_TELL;
        }

        /** Returns the 95 % interval of the share of images that it wins; nothing, whatever the images, over its only member. */
        public Interval gained() {
            return members == 1 ? new Interval(0, 0) : accuracy.interval(CONFIDENCE);
        }

        /** Returns how many times as long one image takes. */
        public double slowdown() {
            return ensemble.p50Micros() / member.p50Micros();
        }

        /** Returns what else the machine did while one of the two was measured; null if it was quiet. */
        public Latency.@Nullable Busy busy() {
            return member.busy() != null ? member.busy() : ensemble.busy();
        }
    }

    private record Candidate(TrialFolder folder, Done done, Predictions validation) {

        static Candidate of(TrialFolder folder) throws IOException {
            if (!(folder.readOutcome() instanceof Done done)) {
                throw new IllegalStateException("expected a trained trial, found " + folder.path());
            }
            folder.requireOwnOnnx(done);
            return new Candidate(folder, done, folder.readPredictions(done, "validation"));
        }

        /** Returns what the members of an ensemble have in common: they were selected and are tested on the same images. */
        String images() {
            return done.provenance().datasetSha256()
                    + done.provenance().splitSha256()
                    + done.trial().fold();
        }
    }

    /** Builds the ensemble of trained trials with an ONNX file each. */
    public Result build(List<TrialFolder> trials, DataHome data, Path to) throws IOException, InterruptedException {
        List<Candidate> candidates = new ArrayList<>();
        for (TrialFolder trial : trials) {
            candidates.add(Candidate.of(trial));
        }
        Candidate some = candidates.get(0);
        for (Candidate other : candidates) {
            if (!other.images().equals(some.images())) {
                throw new RequestException("expected trials with the same validation and test images, but those of "
                        + some.done().trial().title() + " and "
                        + other.done().trial().title()
                        + " differ: train with several --seeds instead of folds, on images of one size");
            }
        }
        EnsembleSelection selected = EnsembleSelection.of(
                candidates.stream().map(Candidate::validation).toList(), mostMembers);
        List<Candidate> members =
                selected.members().stream().map(candidates::get).toList();
        List<Integer> votes =
                selected.members().stream().map(selected.votes()::get).toList();
        Candidate best = candidates.get(selected.best());
        TrialOrder order = some.folder().readOrder();
        ImageDataset images = order.split()
                .split(
                        SavedTrial.ownImages(order, some.done(), data),
                        order.spec().fold())
                .dataset();
        Normalization normalization = normalization(members.get(0));
        try (Scratch scratch = new Scratch()) {
            Path draft = scratch.file("ensemble.onnx");
            Files.write(draft, joined(members, votes));
            ImageSource test = images.test();
            ProofReport proof = Proof.ofImages()
                    .run(
                            expected(members, votes, images),
                            draft,
                            (from, end) -> test.normalized(normalization, from, end),
                            test.size());
            Predictions after = predictions(draft, images, normalization);
            Predictions before = best.folder().readPredictions(best.done(), "test");
            Evaluation evaluation = Evaluation.of(after, images.classes());
            Verdict verdict = null;
            if (proof.agrees()) {
                PairedAccuracy accuracy = PairedAccuracy.of(
                        after.predictedClasses().correct(),
                        before.predictedClasses().correct());
                List<Latency> latencies = latencies(best, draft);
                verdict = new Verdict(accuracy, latencies.get(0), latencies.get(1), leastGain, members.size());
            }
            List<Member> joined = new ArrayList<>();
            for (int i = 0; i < members.size(); i++) {
                joined.add(new Member(members.get(i).done(), votes.get(i)));
            }
            Result result = new Result(
                    (verdict == null ? Decision.KEEP : verdict.decision()).path(to),
                    joined,
                    best.done(),
                    candidates.size(),
                    Evaluation.of(before, images.classes()).accuracy(),
                    evaluation.accuracy(),
                    proof,
                    verdict);
            SortedMap<String, String> stated = DerivedFile.stated(MetadataKeys.ENSEMBLE, facts(result, members));
            stated.putAll(proof.entries());
            DerivedFile.publish(draft, images, evaluation, stated, result.file(), to);
            return result;
        }
    }

    private static Normalization normalization(Candidate candidate) {
        return Objects.requireNonNull(candidate.done().normalization(), "a trained network normalizes its images");
    }

    /** Joins the files; what the metadata say of all members alike stays. */
    private static byte[] joined(List<Candidate> members, List<Integer> votes) throws IOException {
        List<Ensemble.Member> files = new ArrayList<>();
        SortedMap<String, String> entries =
                new TreeMap<>(OnnxMetadata.read(members.get(0).folder().onnx()).entries());
        Set<String> licenses = new LinkedHashSet<>();
        for (int i = 0; i < members.size(); i++) {
            Path file = members.get(i).folder().onnx();
            ModelFiles.requireWeightsInside(file);
            files.add(new Ensemble.Member(file, Files.readAllBytes(file), votes.get(i)));
            SortedMap<String, String> own = OnnxMetadata.read(file).entries();
            Optional.ofNullable(own.get(MetadataKeys.LICENSE)).ifPresent(licenses::add);
            entries.entrySet()
                    .removeIf(entry -> !entry.getKey().startsWith("preprocessing.")
                            && !entry.getValue().equals(own.get(entry.getKey())));
        }
        entries.keySet()
                .removeIf(key -> key.startsWith(MetadataKeys.PARITY)
                        || key.startsWith(MetadataKeys.METRICS)
                        || key.equals(MetadataKeys.MULTIPLY_ACCUMULATES)
                        || key.equals(MetadataKeys.TRIED_SIZES));
        if (!licenses.isEmpty()) { // it holds the weights of all
            entries.put(MetadataKeys.LICENSE, String.join(" AND ", licenses));
        }
        return Ensemble.of(files, entries);
    }

    private static Predictions predictions(Path file, ImageDataset images, Normalization normalization) {
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            return Predictions.of(
                    predictor, images.test(), normalization, images.classes().size());
        }
    }

    private List<Latency> latencies(Candidate best, Path ensemble) throws IOException, InterruptedException {
        try (OnnxPredictor predictor = OnnxPredictor.open(ensemble)) {
            return DerivedFile.latencies(
                    List.of(best.folder().onnx(), ensemble),
                    OnnxHints.none(),
                    LatencyBench.Image.noise(predictor),
                    threads);
        }
    }

    /** Collects for the file what it was made of, and the results. */
    private static Map<String, @Nullable Object> facts(Result result, List<Candidate> members) throws IOException {
        List<String> digests = new ArrayList<>();
        for (Candidate member : members) {
            digests.add(Sha256.of(member.folder().onnx()));
        }
        Map<String, @Nullable Object> facts = new HashMap<>();
        facts.put(
                "members",
                result.members().stream()
                        .map(member ->
                                member.votes() + " " + member.trial().trial().id())
                        .collect(Collectors.joining("\n")));
        facts.put("members_sha256", String.join("\n", digests));
        facts.put("best_member", result.best().trial().id());
        facts.put("best_member_accuracy", result.memberAccuracy());
        Verdict verdict = result.verdict();
        if (verdict != null) {
            facts.put("decision", verdict.decision().title("member"));
            facts.put("gained", verdict.accuracy().difference());
            facts.put("gained_low", verdict.gained().low());
            facts.put("gained_high", verdict.gained().high());
            facts.put("slowdown", verdict.slowdown());
            facts.put("measured_on", verdict.ensemble().place());
        }
        return facts;
    }

    /** Returns the logarithm of the weighted mean of what the files of the members answer, in double precision. */
    private static float[] expected(List<Candidate> members, List<Integer> votes, ImageDataset images) {
        int classes = images.classes().size();
        double[] sum = new double[images.test().size() * classes];
        for (int i = 0; i < members.size(); i++) {
            Predictions own = predictions(members.get(i).folder().onnx(), images, normalization(members.get(i)));
            for (int image = 0; image < own.images(); image++) {
                double[] probabilities = own.probabilities(image);
                for (int c = 0; c < classes; c++) {
                    sum[image * classes + c] += votes.get(i) * probabilities[c];
                }
            }
        }
        int all = votes.stream().mapToInt(Integer::intValue).sum();
        float[] logits = new float[sum.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(Math.max(sum[i] / all, Float.MIN_NORMAL)); // as in the file
        }
        return logits;
    }
}
