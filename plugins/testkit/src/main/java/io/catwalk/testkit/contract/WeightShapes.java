package io.catwalk.testkit.contract;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.catwalk.onnx.ParameterPaths;
import io.catwalk.onnx.file.OnnxWeights;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the names and shapes of weights, in a network and in the files that a training can start from. */
final class WeightShapes {

    private static final Pattern KNOWN = Pattern.compile(".+\\.(params|safetensors|onnx)");

    private static final Pattern OF_DJL = Pattern.compile("(.+)-(\\d{4,9})\\.params");

    /** The floating point numbers of safetensors; a training leaves out others. */
    private static final Set<String> REAL = Set.of("F32", "F16", "BF16", "F64");

    private static final int MOST_HEADER = 100_000_000;

    private WeightShapes() {}

    /** Returns the shapes of the parameters of an initialized network, by their paths. */
    static Map<String, Shape> of(Block block) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        ParameterPaths.of(block).forEach((path, parameter) -> shapes.put(path, parameter.getShape()));
        return shapes;
    }

    /**
     * Reads the file of a plugin.
     *
     * @param block an initialized network; a file of DJL is loaded into it, since only a network can read it
     * @return shapes by names in which dots replace underscores
     * @throws BrokenPromise if a training could not read the file
     */
    static Map<String, Shape> read(URL weights, Block block) throws IOException {
        String path = weights.getPath();
        String file = path.substring(path.lastIndexOf('/') + 1);
        String name = file.toLowerCase(Locale.ROOT);
        BrokenPromise.unless(
                KNOWN.matcher(name).matches(),
                "expected weights in a file that ends in .params, .safetensors or .onnx, but found " + file);
        boolean isSafetensors = name.endsWith(".safetensors");
        Map<String, Shape> stored = isSafetensors ? safetensors(weights) : copied(weights, file, block);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        stored.forEach((each, shape) -> shapes.put(dotted(each), shape));
        return shapes;
    }

    /** Returns a name as a training compares it: underscores count as dots. */
    static String dotted(String name) {
        return name.replace('_', '.');
    }

    /** Reads the header in JSON, which follows its own little-endian length. */
    private static Map<String, Shape> safetensors(URL weights) throws IOException {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        try (DataInputStream in = new DataInputStream(open(weights))) {
            long length = Long.reverseBytes(in.readLong());
            BrokenPromise.unless(
                    length >= 0 && length <= MOST_HEADER,
                    "expected a header of at most " + MOST_HEADER + " bytes in " + weights + ", but found one of "
                            + length);
            String header = new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
            long room = in.transferTo(OutputStream.nullOutputStream());
            JsonObject tensors = JsonParser.parseString(header).getAsJsonObject();
            for (Map.Entry<String, JsonElement> entry : tensors.entrySet()) {
                JsonObject tensor = entry.getValue().getAsJsonObject();
                if (tensor.has("dtype") && REAL.contains(tensor.get("dtype").getAsString())) {
                    long end = tensor.getAsJsonArray("data_offsets").get(1).getAsLong();
                    BrokenPromise.unless(
                            end <= room,
                            "expected " + entry.getKey() + " within the " + room + " bytes behind the header of "
                                    + weights + ", but it ends at " + end + ": was the file cut off?");
                    long[] shape = tensor.getAsJsonArray("shape").asList().stream()
                            .mapToLong(JsonElement::getAsLong)
                            .toArray();
                    shapes.put(entry.getKey(), new Shape(shape));
                }
            }
            return shapes;
        } catch (BrokenPromise e) {
            throw e;
        } catch (EOFException | RuntimeException e) {
            throw new BrokenPromise("expected a safetensors file in " + weights + ", but its header cannot be read ("
                    + Lines.of(e) + ")");
        }
    }

    /** Reads a format whose reader needs a file on disk. */
    private static Map<String, Shape> copied(URL weights, String name, Block block) throws IOException {
        Path folder = Files.createTempDirectory("contract");
        Path file = folder.resolve(name);
        try (InputStream in = open(weights)) {
            Files.copy(in, file);
            return name.toLowerCase(Locale.ROOT).endsWith(".onnx") ? onnx(file) : params(folder, name, block);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    private static Map<String, Shape> onnx(Path file) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        OnnxWeights.read(file).forEach((name, tensor) -> shapes.put(name, new Shape(tensor.shape())));
        return shapes;
    }

    private static Map<String, Shape> params(Path folder, String name, Block block) throws IOException {
        Matcher matcher = OF_DJL.matcher(name);
        BrokenPromise.unless(
                matcher.matches(), "expected a name such as network-0000.params, as DJL writes it, but found " + name);
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            // DJL itself leaves a network as it is when a file begins with anything else.
            BrokenPromise.unless(
                    Arrays.equals(in.readNBytes(4), "DJL@".getBytes(StandardCharsets.US_ASCII)),
                    "expected weights that DJL wrote, which begin with DJL@, but " + name
                            + " begins otherwise: write it with Model.save, or bring .safetensors or .onnx");
        }
        try (Model model = Model.newInstance(matcher.group(1), Device.cpu(), "PyTorch")) {
            model.setBlock(block);
            int epoch = Integer.parseInt(matcher.group(2));
            model.load(folder, matcher.group(1), Map.of("epoch", String.valueOf(epoch)));
            return of(block);
        } catch (MalformedModelException e) {
            throw new BrokenPromise(
                    "expected weights of the network in " + name + ", but they are of another: " + Lines.of(e));
        }
    }

    private static InputStream open(URL weights) throws IOException {
        URLConnection connection = weights.openConnection();
        if (connection instanceof JarURLConnection jar) {
            jar.setUseCaches(false); // otherwise the jar would stay open
        }
        return connection.getInputStream();
    }
}
