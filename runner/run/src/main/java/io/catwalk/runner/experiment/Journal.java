package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The journal of a run, which need not exist yet. The first line holds what all trials share; each other line holds
 * the outcome of one trial, and is on the disk before the run goes on. A later line replaces an earlier one about the
 * same trial. Results, reports and cards are made from it. What throws an {@link IOException} while it writes leaves it unchanged.
 */
record Journal(Path path) {

    /** The version of the format that this program writes. */
    static final int SCHEMA = 2;

    /**
     * Holds what all trials of the run share; the moment of the first start is in ISO 8601, UTC.
     *
     * @param resized the SHA-256 of the same images in each other size that a trial takes
     */
    record Head(
            int schema,
            String startedAt,
            RunResults.Dataset dataset,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> resized) {

        Head {
            resized = resized == null ? Map.of() : Map.copyOf(resized); // runs of earlier versions have none
        }

        /** Tells whether a trial was made from these images, in the size that it takes. */
        boolean isOf(TrialOutcome.Done done) {
            String size = done.trial().size();
            return done.provenance()
                    .datasetSha256()
                    .equals(size == null ? dataset.sha256() : resized.getOrDefault(size, dataset.sha256()));
        }
    }

    /** Records the outcome of a trial, the key of what made it, and how long the run had lasted when it ended. */
    record Entry(String key, double seconds, TrialOutcome outcome) {}

    /** Holds the content: the first line, if there is a journal, the others, and whether the last one was cut off. */
    record Content(@Nullable Head head, List<Entry> entries, boolean repaired) {}

    /**
     * Reads the journal, and cuts off an incomplete last line.
     *
     * @throws RequestException if another line is invalid; the file is then unchanged
     */
    Content readAndRepair() throws IOException {
        Content content = read();
        if (content.repaired) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(wholeLines(Files.readAllBytes(path)));
                channel.force(true);
            }
        }
        return content;
    }

    /**
     * Reads the journal, without an incomplete last line and without blank lines after the first.
     *
     * @throws RequestException if another line is invalid
     */
    Content read() throws IOException {
        if (!Files.exists(path)) {
            return new Content(null, List.of(), false);
        }
        if (!Files.isRegularFile(path)) {
            throw new RequestException("expected the journal of a run in " + path
                    + ", but that is a folder: the run is left as it is; start it again with another --out");
        }
        byte[] bytes = Files.readAllBytes(path);
        int whole = wholeLines(bytes);
        List<String> lines =
                new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
        boolean cut = !new String(bytes, whole, bytes.length - whole, StandardCharsets.UTF_8).isBlank();
        if (lines.isEmpty()) {
            return new Content(null, List.of(), cut);
        }
        Head head = head(lines.get(0));
        List<Entry> entries = IntStream.range(1, lines.size())
                .parallel()
                .filter(i -> !lines.get(i).isBlank()) // an editor may have left it
                .mapToObj(i -> entry(lines.get(i), i + 1))
                .toList();
        return new Content(head, entries, cut);
    }

    /** Tells whether the first line is whole: a full disk leaves an empty file, and a kill a part of the line. */
    boolean hasBegun() throws IOException {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
            int next = in.read();
            while (next >= 0 && next != '\n') {
                next = in.read();
            }
            return next >= 0;
        }
    }

    private static int wholeLines(byte[] bytes) {
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        return whole;
    }

    private Head head(String line) {
        try {
            JsonNode tree = Json.LINE.readTree(line);
            int schema = tree.path("schema").asInt(0);
            if (schema > SCHEMA) {
                throw new RequestException("expected a journal of schema " + SCHEMA + ", but " + path + " is of schema "
                        + schema + ": it is left as it is; use the newer Catwalk that made it");
            }
            if (schema == SCHEMA) {
                Head head = Json.LINE.treeToValue(tree, Head.class);
                if (Json.isComplete(head)) {
                    Instant unused = Instant.parse(head.startedAt());
                    return head;
                }
            }
        } catch (JacksonException | DateTimeParseException e) {
            throw foreign(line, 1, e);
        }
        throw foreign(line, 1, null);
    }

    private Entry entry(String line, int number) {
        try {
            Entry entry = Json.LINE.readValue(line, Entry.class);
            if (entry != null && Json.isComplete(entry)) {
                return entry;
            }
        } catch (JacksonException e) {
            throw foreign(line, number, e);
        }
        throw foreign(line, number, null);
    }

    private RequestException foreign(String line, int number, @Nullable Exception cause) {
        return new RequestException(
                "expected " + (number == 1 ? "the head of a journal in" : "the outcome of a trial on each line of")
                        + " "
                        + path + ", but line " + number + " is " + Reasons.quoted(line)
                        + ": the run is left as it is; start it again with another --out",
                cause);
    }

    /** Writes the first line. */
    void begin(Head head) throws IOException {
        append(Json.LINE.writeValueAsString(head));
    }

    /** Replaces the first line, and keeps all others. There must be a first line, and no incomplete last one. */
    void beginAnew(Head head) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        int others = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\n'); // a letter for each byte
        AtomicFiles.write(path, out -> {
            out.write(Json.LINE.writeValueAsString(head).getBytes(StandardCharsets.UTF_8));
            out.write(bytes, others, bytes.length - others);
        });
    }

    /** Appends the outcome of a trial and forces it to disk. */
    void append(Entry entry) throws IOException {
        requireThere();
        append(Json.LINE.writeValueAsString(entry));
    }

    /** Refuses to go on if somebody has deleted the run while it is worked on. */
    void requireThere() throws IOException {
        if (!Files.exists(path)) {
            throw new IOException("expected the journal of the run in " + path + ", but it is gone: the run was deleted"
                    + " or moved while it was worked on, and nothing more is trained");
        }
    }

    private void append(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = channel.size();
            try {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer, end + buffer.position());
                }
                channel.force(true);
            } catch (IOException e) {
                cut(channel, end, e);
                throw e;
            }
        } catch (IOException e) {
            throw new IOException("cannot write " + path + ": " + Reasons.of(e), e);
        }
    }

    /** Removes the part of a line that was written before writing failed. */
    private static void cut(FileChannel channel, long end, IOException reason) {
        try {
            channel.truncate(end);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
