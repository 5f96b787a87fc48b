package io.catwalk.runner.demo;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.ModelSignature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes the folder of the page: from disk, it may load scripts only, so networks and WebAssembly are text in these. */
public final class DemoPage {

    public static final String PAGE = "index.html";

    private static final String RUNTIME = "runtime.js";
    private static final String DATA = "data.js";
    private static final List<String> OWN = List.of(PAGE, "demo.css", "demo.js");

    /** A build of ONNX Runtime Web: the name that the page calls it by, and the script that holds its WebAssembly. */
    private enum Build {
        WASM("wasm", RUNTIME, "ort-wasm-simd-threaded"),
        WEBGPU("webgpu", "webgpu.js", "ort-wasm-simd-threaded.asyncify");

        private final String name;
        private final String script;
        private final String binary;

        Build(String name, String script, String binary) {
            this.name = name;
            this.script = script;
            this.binary = binary;
        }

        /** Returns the names of the library, the script that loads its WebAssembly, and the WebAssembly. */
        private List<String> files() {
            return List.of("ort." + name + ".min.js", binary + ".mjs", binary + ".wasm");
        }
    }

    private final Path library;

    /** Uses ONNX Runtime Web from its folder {@code dist}, where npm has installed it; says how if it has not. */
    public DemoPage(Path library, String install) {
        this.library = library;
        for (Build build : Build.values()) {
            for (String file : build.files()) {
                if (!Files.isReadable(library.resolve(file))) {
                    throw new RequestException("expected onnxruntime-web with its " + file + " in " + library
                            + ", found none: " + install);
                }
            }
        }
    }

    /** Tells whether a folder holds the files of such a page. An {@code index.html} alone may be anybody's. */
    public static boolean isOne(Path folder) {
        return Stream.concat(OWN.stream(), Stream.of(DATA, RUNTIME))
                .allMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /**
     * One network of the page.
     *
     * @param content of its file, which takes images of any size and returns what the network sees of them, too
     * @param report address of its confusion matrix, relative to the page, if there is one
     * @param answers of ONNX Runtime for Java to the first images, with which the page tests WebGPU; one after the other
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Network(
            String name,
            @JsonIgnore Supplier<byte[]> content,
            ModelSignature.Output output,
            @Nullable String report,
            float[] answers) {}

    /** What all networks of a page have in common; the classes are in the order of the outputs. */
    public record Shape(List<String> classes, int channels, int height, int width) {}

    /**
     * What the page shows, as {@code data.js} passes it.
     *
     * @param images pixels of the images to choose from, of the shape that the networks take
     * @param truth their classes
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Content(
            String dataset, @JsonUnwrapped Shape shape, List<Network> networks, byte[] images, int[] truth) {}

    /** Writes the page; an existing one is replaced as a whole, or not at all. */
    public void write(Path folder, Content content) {
        try {
            AtomicFiles.replaceFolder(folder, draft -> fill(draft, content));
        } catch (IOException e) {
            throw new RequestException("cannot write the page " + folder + ": " + Reasons.of(e), e);
        }
    }

    private void fill(Path folder, Content content) throws IOException {
        for (String name : OWN) {
            Files.write(folder.resolve(name), PackedFiles.bytes(DemoPage.class, name));
        }
        for (Build build : Build.values()) {
            List<String> files = build.files();
            Files.copy(library.resolve(files.get(0)), folder.resolve(files.get(0)));
            String glue = packed(Files.readAllBytes(library.resolve(files.get(1))));
            String wasm = packed(Files.readAllBytes(library.resolve(files.get(2))));
            call(folder.resolve(build.script), "runtime", build.name, glue, wasm);
        }
        call(folder.resolve(DATA), "data", content);
        for (int i = 0; i < content.networks.size(); i++) {
            byte[] file = content.networks.get(i).content.get();
            call(folder.resolve("model-" + i + ".js"), "network", i, packed(file));
        }
    }

    /** Writes a script that passes values to a function of the page. */
    private static void call(Path script, String function, Object... values) throws IOException {
        String list = Json.LINE.writeValueAsString(values);
        Files.writeString(script, "demo." + function + "(" + list.substring(1, list.length() - 1) + ");\n");
    }

    private static String packed(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            out.write(content);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
