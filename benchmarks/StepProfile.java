import ai.djl.pytorch.jni.JniUtils;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageDatasets;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.training.Training;
import io.catwalk.runner.training.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says where the time of a training step goes: trains one epoch of 6,400 images of Fashion-MNIST to warm up and one under
 * the profiler of PyTorch, and prints the share of each kind of operation, one line of Markdown for each plugin.
 *
 * <p>Usage, in the folder of the packed program, with one thread:
 * {@code MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 java -Dai.djl.pytorch.num_threads=1
 * -cp "lib/*" StepProfile.java DATA plugins/*.jar}. DATA is the folder test-data.
 */
final class StepProfile {

    private static final int IMAGES = 6400;

    /** The first kind whose words are in the name of an operation takes it. */
    private static final Map<String, List<String>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("convolution", List.of("conv"));
        KINDS.put("matrix product", List.of("mm", "linear", "bmm"));
        KINDS.put("recurrence", List.of("lstm", "gru", "rnn", "sigmoid", "tanh"));
        KINDS.put("normalization", List.of("batch_norm"));
        KINDS.put("activation, pooling", List.of("relu", "threshold", "pool", "clamp"));
        KINDS.put("copies, layout", List.of("copy_", "contiguous", "clone", "cat", "fill_", "zero_", "to"));
    }

    private StepProfile() {}

    public static void main(String... arguments) throws Exception {
        ImageDataset dataset = ImageDatasets.load("fashion-mnist", DataHome.of(Path.of(arguments[0])), null, FolderReading.STANDARD);
        Split split = new Split(
                IntStream.range(0, IMAGES).toArray(),
                IntStream.range(IMAGES, IMAGES + 64).toArray());
        TrainingData data = TrainingData.of(dataset.train(), split);
        System.out.println("| classifier | " + String.join(" | ", KINDS.keySet()) + " | other operations | outside |");
        for (int i = 1; i < arguments.length; i++) {
            Path jar = Path.of(arguments[i]);
            try (LoadedPlugin plugin = LoadedPlugin.open(jar, Sha256.of(jar))) {
                LoadedClassifier classifier = plugin.require(jar.getFileName().toString().replaceFirst("-\\d.*", ""));
                print(classifier, data);
            }
        }
    }

    private static void print(LoadedClassifier classifier, TrainingData data) throws Exception {
        Hyperparameters chosen = classifier.classifier().searchSpace().defaults();
        Recipe recipe = classifier.classifier()
                .recipe(Task.of(1, 28, 28, 10).withMirrored(true), chosen)
                .withEpochs(2);
        Path trace = Files.createTempFile("trace", ".json");
        double[] seconds = new double[1];
        new Training(classifier, chosen, Task.of(1, 28, 28, 10), data, recipe, 1, 0, ComputeDevice.CPU, null, System::nanoTime)
                .run(epoch -> {
                    if (epoch.epoch() == 1) {
                        JniUtils.startProfile(false, false, false);
                    } else {
                        JniUtils.stopProfile(trace.toString());
                        seconds[0] = epoch.seconds();
                    }
                })
                .close();
        Map<String, Double> shares = new LinkedHashMap<>();
        KINDS.keySet().forEach(kind -> shares.put(kind, 0.0));
        shares.put("other", 0.0);
        selfTimes(trace).forEach((name, micros) -> shares.merge(kind(name), micros / 1e6 / seconds[0], Double::sum));
        double inside = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        StringBuilder line = new StringBuilder("| `" + classifier.name() + "` |");
        shares.values().forEach(share -> line.append(" %.0f %% |".formatted(share * 100)));
        System.out.println(line.append(" %.0f %% |".formatted((1 - inside) * 100)));
        Files.delete(trace);
    }

    private static String kind(String name) {
        return KINDS.entrySet().stream()
                .filter(kind -> kind.getValue().stream().anyMatch(name::contains))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("other");
    }

    /** Adds up how long each operation took without those that it called, in microseconds. */
    private static Map<String, Double> selfTimes(Path trace) {
        List<Event> events = new ArrayList<>();
        JsonNode root = new JsonMapper().readTree(trace.toFile());
        for (JsonNode event : root.isArray() ? root : root.get("traceEvents")) {
            if (event.path("ph").asString("").equals("X") && event.has("dur")) {
                events.add(new Event(
                        event.get("name").asString(),
                        event.path("tid").asString(""),
                        event.get("ts").asDouble(),
                        event.get("dur").asDouble()));
            }
        }
        events.sort(Comparator.comparing(Event::thread).thenComparing(Event::start).thenComparing(e -> -e.micros()));
        Map<String, Double> times = new LinkedHashMap<>();
        Deque<Event> open = new ArrayDeque<>();
        for (Event event : events) {
            while (!open.isEmpty()
                    && (!open.peek().thread().equals(event.thread())
                            || open.peek().start() + open.peek().micros() <= event.start())) {
                open.pop();
            }
            times.merge(event.name(), event.micros(), Double::sum);
            if (!open.isEmpty()) {
                times.merge(open.peek().name(), -event.micros(), Double::sum);
            }
            open.push(event);
        }
        return times;
    }

    private record Event(String name, String thread, double start, double micros) {}
}
