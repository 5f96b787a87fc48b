package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.training.Accelerators;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * A request while it is put together: the tree of a YAML file in which every key is optional, over which options are
 * laid. The {@code experiment.yaml} that a run writes into its folder is such a file, too, with all keys. The tree is
 * read once, into an {@link ExperimentRequest}.
 */
public final class ExperimentTree {

    /** The keys that a file may have. */
    static final List<String> KEYS = List.of(
            ("backbones classifiers dataset datasets device export jobs pool recipe region schema seeds split threads"
                            + " trial_timeout trial_timeout_seconds views")
                    .split(" ", -1));

    /** Those that are read into {@link RequestContent}, and what only options set. */
    private static final List<String> CONTENT = List.of(
            "dataset datasets names choice classifiers file_recipe recipe init augment given backbones pool views"
                    .split(" ", -1));

    /** What is read where neither file nor option says anything; jobs and threads are chosen later then. */
    private static final String DEFAULTS = """
            {schema: 1, split: {folds: 0, repeats: 1, hold_out: 0.1, seed: 0}, classifiers: [], seeds: [1], jobs: 1,
            threads: 1, device: auto, command: ""}
            """;

    /** A classifier takes less than a KiB, so a file with thousands of them is smaller. */
    private static final int MOST_BYTES = 4 << 20;

    /** Where the YAML parser reports a problem. */
    private static final Pattern MARK = Pattern.compile("(?m)^ in .*, line ([0-9]+), column [0-9]+:$");

    /** The file, followed by a colon; empty without one. */
    final String source;

    private final ObjectNode tree;

    /** The options that have set a key, by the key. */
    private final Map<String, String> options = new HashMap<>();

    private ExperimentTree(String source, ObjectNode tree) {
        this.source = source;
        this.tree = tree;
    }

    public static ExperimentTree empty() {
        return new ExperimentTree("", TreeReader.MAPPER.createObjectNode());
    }

    /**
     * Begins with a file.
     *
     * @throws RequestException if there is none, it is not YAML, or has something that no experiment has; in one line
     *     that names the file and the position in it
     */
    public static ExperimentTree of(Path path) {
        JsonNode found = tree(path, text(path));
        if (!(found instanceof ObjectNode tree)) {
            throw new RequestException(path + ": expected keys with values, such as classifiers: [gru], but found "
                    + (found.isMissingNode() || found.isNull() ? "nothing" : TreeReader.words(found)));
        }
        // First, since a newer format may have any keys.
        JsonNode schema = tree.path("schema");
        if (schema.isIntegralNumber() && schema.asDouble() != ExperimentSpec.SCHEMA) {
            throw new RequestException(path + ": schema must be " + ExperimentSpec.SCHEMA + ", but is " + schema
                    + (schema.asDouble() > ExperimentSpec.SCHEMA
                            ? ": a newer Catwalk has written it, use that one"
                            : ": leave it out"));
        }
        withoutNulls(tree);
        if (tree.has("tuning")) {
            throw new RequestException(path + ": tuning must be left out, but is there, since a search has written it:"
                    + " search again with catwalk tune");
        }
        tree.remove("command");
        for (String key : tree.propertyNames()) {
            if (!KEYS.contains(key)) {
                throw new RequestException(path + ": " + TreeReader.unknownKey("", key, KEYS));
            }
        }
        for (String[] pair : new String[][] {{"datasets", "dataset"}, {"trial_timeout", "trial_timeout_seconds"}}) {
            if (tree.has(pair[0]) && tree.has(pair[1])) {
                throw new RequestException(
                        path + ": " + pair[0] + " must not be given together with " + pair[1] + ": keep one of them");
            }
        }
        JsonNode recipe = tree.path("recipe");
        if (tree.has("recipe") && !recipe.isObject()) {
            throw new RequestException(
                    path + ": recipe must be keys with values, such as epochs: 20, but is " + TreeReader.words(recipe));
        }
        // An entry overrides what the file says for all, and an option both.
        if (tree.has("recipe")) {
            tree.set("file_recipe", tree.remove("recipe"));
        }
        return new ExperimentTree(path + ": ", tree);
    }

    /** Removes keys without a value, which are those that are left out. */
    private static void withoutNulls(ObjectNode node) {
        for (String key : List.copyOf(node.propertyNames())) {
            if (node.path(key).isNull()) {
                node.remove(key);
            } else if (node.path(key) instanceof ObjectNode inner) {
                withoutNulls(inner);
            }
        }
    }

    /** Tells whether a key is given, such as {@code threads} or {@code split.folds}. */
    public boolean has(String key) {
        return !get(key).isMissingNode();
    }

    /** Tells whether an option has set a key. */
    boolean isSetBy(String option) {
        return options.containsValue(option);
    }

    public JsonNode get(String key) {
        return tree.at("/" + key.replace('.', '/'));
    }

    /**
     * Lays an option over the tree.
     *
     * @param key such as {@code jobs} or {@code split.folds}; with {@code dataset}, it is set for every data set; with
     *     {@code recipe}, for every classifier
     * @param option to name in messages; empty if the user said nothing
     * @param value null if the option is not given
     */
    public ExperimentTree with(String option, String key, @Nullable Object value) {
        if (value != null) {
            if (key.equals("trial_timeout")) {
                tree.remove("trial_timeout_seconds");
            }
            int dot = key.indexOf('.');
            for (ObjectNode holder : dot < 0 ? List.of(tree) : holders(key.substring(0, dot))) {
                holder.set(key.substring(dot + 1), TreeReader.node(value));
            }
            if (!option.isEmpty()) {
                options.put(key, option);
            }
        }
        return this;
    }

    /** Finds what has the keys; nothing if that is malformed, which is told when it is read. */
    private List<ObjectNode> holders(String name) {
        if (name.equals("dataset")) {
            return dataSets();
        }
        if (!tree.has(name)) {
            tree.putObject(name);
        }
        return tree.path(name) instanceof ObjectNode holder ? List.of(holder) : List.of();
    }

    /** Names the data sets anew. The limits of the file also apply to them; the rest belongs to its own folder. */
    public void setDataSets(List<String> names) {
        List<ObjectNode> before = dataSets();
        ArrayNode named = tree.arrayNode();
        for (String name : names) {
            ObjectNode one = named.addObject().put("name", name);
            if (before.size() == 1) {
                Stream.of("limit_train", "limit_test")
                        .filter(before.get(0)::has)
                        .forEach(limit -> one.set(limit, before.get(0).path(limit)));
            }
        }
        tree.remove(List.of("dataset", "datasets"));
        tree.set(names.size() == 1 ? "dataset" : "datasets", names.size() == 1 ? named.path(0) : named);
    }

    /** Returns the keys of each data set; what is malformed is told when it is read. */
    public List<ObjectNode> dataSets() {
        if (!tree.has("datasets") && !tree.has("dataset")) {
            tree.putObject("dataset");
        }
        List<ObjectNode> found = new ArrayList<>();
        if (tree.path("datasets") instanceof ArrayNode several) {
            for (int i = 0; i < several.size(); i++) {
                several.set(i, dataSet(several.path(i), found));
            }
        } else if (tree.has("dataset")) {
            tree.set("dataset", dataSet(tree.path("dataset"), found));
        }
        return found;
    }

    /** Returns a data set in full, which may be said by its name alone. */
    private JsonNode dataSet(JsonNode said, List<ObjectNode> found) {
        if (!said.isString() && !(said instanceof ObjectNode)) {
            return said;
        }
        ObjectNode one =
                said instanceof ObjectNode keys ? keys : tree.objectNode().put("name", said.stringValue());
        withoutNulls(one);
        one.putIfAbsent("name", one.stringNode("fashion-mnist"));
        one.putIfAbsent("limit_train", one.numberNode(0));
        one.putIfAbsent("limit_test", one.numberNode(0));
        found.add(one);
        return one;
    }

    /** Reads the data sets, which are at least one. */
    public List<DatasetSpec> readDataSets() {
        return content().datasets();
    }

    private RequestContent content() {
        List<ObjectNode> unused = dataSets();
        ObjectNode part = tree.objectNode();
        CONTENT.stream().filter(tree::has).forEach(key -> part.set(key, tree.path(key)));
        return read(part, RequestContent.class);
    }

    private <T> T read(JsonNode node, Class<T> type) {
        return TreeReader.read(node, type, source, options);
    }

    /**
     * Reads the request.
     *
     * @throws RequestException if something is malformed or out of its range; in one line that names the option, or the
     *     file and the position in it
     */
    public ExperimentRequest read() {
        RequestContent content = content();
        ObjectNode all = tree.deepCopy().remove(CONTENT);
        all.set("dataset", TreeReader.MAPPER.valueToTree(content.datasets().get(0)));
        if (all.has("trial_timeout")) {
            String name = options.getOrDefault("trial_timeout", source + "trial_timeout");
            all.put(
                    "trial_timeout_seconds",
                    seconds(name, all.remove("trial_timeout").asString("")));
        }
        ObjectNode defaults =
                ((ObjectNode) TreeReader.MAPPER.readTree(DEFAULTS)).put("region", EquivalenceRegion.STANDARD.points());
        ObjectNode whole = RecipeOverrides.merged(defaults, all);
        ComputeDevice device = Accelerators.here().choose(whole.path("device").asString(""));
        whole.set("device", TreeReader.MAPPER.valueToTree(device));
        return new ExperimentRequest(this, content, read(whole, ExperimentSpec.class));
    }

    private static String text(Path path) {
        if (!Files.exists(path) || Files.isDirectory(path)) {
            throw new RequestException("expected an experiment file at " + path + ", but "
                    + (!Files.exists(path)
                            ? "there is none"
                            : "that is a folder" + (RunFolder.isOne(path) ? ": try its experiment.yaml" : "")));
        }
        if (!Files.isRegularFile(path)) {
            throw new RequestException(
                    path + ": expected a file, but found a pipe or a device: write what it says into a file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new RequestException(path + ": expected an experiment file of at most " + (MOST_BYTES >> 20)
                        + " MiB, but it has " + (Files.size(path) >> 20) + " MiB: is it another file?");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RequestException(path + ": expected YAML in UTF-8, but it is not UTF-8", e);
        } catch (IOException e) {
            throw new RequestException("cannot read the experiment file " + path + ": " + Reasons.of(e), e);
        }
    }

    private static JsonNode tree(Path path, String text) {
        try (JsonParser parser = TreeReader.MAPPER.createParser(text)) {
            // In a tree, an alias would be replaced by its name, as text.
            while (parser.nextToken() != null) {
                if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw new RequestException(path + ": expected plain YAML, but line "
                            + parser.currentTokenLocation().getLineNr() + " has the alias *" + parser.getString()
                            + ": write its value out");
                }
            }
            return TreeReader.MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new RequestException(path + ": expected YAML, but found" + line(e) + ": " + problem(e), e);
        }
    }

    /** Returns the last line number in the message, which is where the problem is, or else that of the parser. */
    private static String line(JacksonException e) {
        TokenStreamLocation parser = e.getLocation();
        return MARK.matcher(e.getOriginalMessage())
                .results()
                .map(mark -> " in line " + mark.group(1))
                .reduce(parser == null ? "" : " in line " + parser.getLineNr(), (earlier, later) -> later);
    }

    /** Removes the lines of the message that show the position, and what only makes sense to programmers. */
    private static String problem(JacksonException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" "))
                .collect(Collectors.joining(", "))
                .replaceFirst("(: \\(java\\.| for `| \\(bound as ).*", "");
    }

    /** Reads a time such as {@code 90s}, {@code 30m} or {@code 2h}. */
    public static long seconds(String option, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.matches("[0-9]{1,9}[smh]")) {
            throw new RequestException(option + " must be a number with s, m or h, such as 30m, but is " + text);
        }
        return Duration.parse("PT" + lower).toSeconds();
    }
}
