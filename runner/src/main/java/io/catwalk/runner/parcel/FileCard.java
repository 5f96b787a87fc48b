package io.catwalk.runner.parcel;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Markdown;
import io.catwalk.runner.report.card.ModelCard;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the model card, or writes one from the metadata of the file. */
final class FileCard {

    /** Metadata that identifies a model and is on its card. */
    private static final List<String> IDENTITY = List.of("dataset_sha256", "plugin_sha256", "split_sha256");

    private static final Pattern PICTURE = Pattern.compile("(?m)^!\\[[^]]*]\\([^)]*\\)\\n\\n?");

    private FileCard() {}

    /** Returns the card that lies beside one of the files, or else writes a new one, as Markdown. */
    static String of(String name, List<PackedFile> files) throws IOException {
        OnnxMetadata metadata = OnnxMetadata.read(files.get(0).source());
        for (PackedFile file : files) {
            String beside = ModelCard.textBeside(file.source());
            if (beside != null && isOf(metadata, beside)) {
                return packed(beside, String.valueOf(file.source().getFileName()), file.file()) + inBytes(files);
            }
        }
        return made(name, metadata) + inBytes(files);
    }

    /** Describes how the 8-bit file compared with the float file; empty if none is packed. */
    private static String inBytes(List<PackedFile> files) {
        StringBuilder text = new StringBuilder();
        for (PackedFile file : files) {
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

    /** Replaces the file name by that in the parcel, and removes pictures, which the parcel does not contain. */
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
