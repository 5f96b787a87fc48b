package io.catwalk.runner.packaging;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Markdown;
import io.catwalk.runner.report.card.ModelCard;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.runtimes.Runner.Example;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Writes what the recipient of a package reads: how to use it, in lines of 80 columns, and the model card. */
final class PackageTexts {

    private static final int COLUMNS = 80;

    /** Metadata that identifies a model and is on its card. */
    private static final List<String> IDENTITY = List.of("dataset_sha256", "plugin_sha256", "split_sha256");

    private static final Pattern PICTURE = Pattern.compile("(?m)^!\\[[^]]*]\\([^)]*\\)\\n\\n?");

    private PackageTexts() {}

    /** Adds the programs of the runtimes that can read the main file, and describes the content of the folder. */
    static String readme(ModelPackage model, Path folder) throws IOException {
        StringBuilder programs = new StringBuilder();
        StringBuilder leftOut = new StringBuilder();
        try (OnnxPredictor predictor =
                OnnxPredictor.open(folder.resolve(model.files().get(0).file()))) {
            for (Runner runner : model.runners()) {
                Example example = runner.example().orElse(null);
                if (example == null) {
                    continue;
                }
                String unknown = runner.unknown(predictor.operators()).orElse(null);
                if (unknown == null) {
                    runner.copy(example, folder);
                    programs.append("\n### ").append(runner.runtime()).append("\n\n```sh\n");
                    programs.append(example.install())
                            .append('\n')
                            .append(example.run())
                            .append("\n```\n");
                } else {
                    String why = runner.runtime() + " has no program here: it does not support `" + unknown
                            + "`. It needs a file that was exported with `catwalk export --unroll-recurrent --batch 1`.";
                    leftOut.append('\n').append(wrapped("", why)).append('\n');
                }
            }
        }
        StringBuilder list = new StringBuilder();
        for (PackagedModel file : model.files()) {
            list.append(list.isEmpty() ? "" : "\n")
                    .append(wrapped("- ", "`" + file.file() + "`: " + file.purpose() + "."));
        }
        try (InputStream in =
                Objects.requireNonNull(PackageTexts.class.getResourceAsStream("README.md"), "build broken")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("{name}", Markdown.text(model.name()))
                    .replace("{dataset}", Markdown.text(model.dataset().name()))
                    .replace("{files}", list)
                    .replace("{programs}", programs)
                    .replace("{left-out}", leftOut);
        }
    }

    /** Breaks a text between words; the following lines are indented by the length of the head. */
    private static String wrapped(String head, String text) {
        StringBuilder lines = new StringBuilder(head);
        int width = head.length();
        String gap = "";
        for (String word : text.split(" ", -1)) {
            if (!gap.isEmpty() && width + 1 + word.length() > COLUMNS) {
                gap = "\n" + " ".repeat(head.length());
                width = head.length() - 1;
            }
            lines.append(gap).append(word);
            width += 1 + word.length();
            gap = " ";
        }
        return lines.toString();
    }

    /** Returns the card that lies beside one of the files, or else writes a new one, as Markdown. */
    static String card(String name, List<PackagedModel> files) throws IOException {
        OnnxMetadata metadata = OnnxMetadata.read(files.get(0).source());
        for (PackagedModel file : files) {
            String beside = ModelCard.textBeside(file.source());
            if (beside != null && isOf(metadata, beside)) {
                return packed(beside, String.valueOf(file.source().getFileName()), file.file()) + inBytes(files);
            }
        }
        return made(name, metadata) + inBytes(files);
    }

    /** Describes how the 8-bit file compared with the float file; empty if none is packed. */
    private static String inBytes(List<PackagedModel> files) {
        StringBuilder text = new StringBuilder();
        for (PackagedModel file : files) {
            String verdict = file.verdict();
            if (verdict != null) {
                text.append("\n## In 8 bits\n\n`")
                        .append(file.file())
                        .append("`: ")
                        .append(Markdown.text(verdict))
                        .append(".\n");
            }
        }
        return text.toString();
    }

    /** Replaces the file name by that in the package, and removes pictures, which the package does not contain. */
    private static String packed(String card, String from, String to) {
        return PICTURE.matcher(card).replaceAll("").replace(from, to);
    }

    private static boolean isOf(OnnxMetadata metadata, String card) {
        return IDENTITY.stream()
                .allMatch(key -> metadata.get(MetadataKeys.PROVENANCE + key)
                        .filter(digest -> card.contains("`" + digest + "`"))
                        .isPresent());
    }

    private static String made(String name, OnnxMetadata metadata) {
        StringBuilder text = new StringBuilder("# " + Markdown.text(name) + "\n\n");
        text.append("An image classifier, trained with Catwalk. There was no card beside the file, so these are the\n")
                .append("entries of its metadata.\n\n| key | value |\n|---|---|\n");
        metadata.entries()
                .forEach((key, value) -> text.append("| ")
                        .append(Markdown.text(key))
                        .append(" | ")
                        .append(Markdown.text(value.replace("\n", ", ")))
                        .append(" |\n"));
        return text.toString();
    }
}
