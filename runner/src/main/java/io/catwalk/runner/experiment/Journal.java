package io.catwalk.runner.experiment;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * Records each finished trial on a line of its own, which is on the disk before the run goes on.
 *
 * @param path of the file, which may not exist yet
 */
record Journal(Path path) {

    /**
     * Records that a trial finished.
     *
     * @param trial its folder, relative to the run folder
     * @param key what made it
     * @param status {@code done} or {@code failed}
     */
    record Entry(String trial, String key, String status) {}

    /** What the journal says, and whether its last line had to be cut off. */
    record Content(List<Entry> entries, boolean repaired) {}

    /**
     * Reads the journal, and cuts a last line off that was not written to its end.
     *
     * @throws RequestException if another line is not of a journal; the file is then left as it is
     * @throws IOException if it cannot be read or repaired
     */
    Content readAndRepair() throws IOException {
        if (!Files.exists(path)) {
            return new Content(List.of(), false);
        }
        if (!Files.isRegularFile(path)) {
            throw new RequestException("expected the journal of a run in " + path + ", but that is a folder: the run is "
                    + "left as it is; start it anew with another --out");
        }
        byte[] bytes = Files.readAllBytes(path);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        List<Entry> entries = new ArrayList<>();
        int number = 0;
        for (String line :
                new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            entries.add(parse(line, number));
        }
        if (whole < bytes.length) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(whole);
                channel.force(true);
            }
        }
        return new Content(entries, whole < bytes.length);
    }

    private Entry parse(String line, int number) {
        RequestException foreign = new RequestException("expected a finished trial on each line of " + path
                + ", but line " + number + " is " + Reasons.quoted(line)
                + ": the run is left as it is; start it anew with another --out");
        try {
            Entry entry = Json.LINE.readValue(line, Entry.class);
            if (entry != null && entry.trial() != null && entry.key() != null && entry.status() != null) {
                return entry;
            }
        } catch (JacksonException e) {
            foreign.addSuppressed(e);
        }
        throw foreign;
    }

    /**
     * Appends a finished trial and forces it to disk.
     *
     * @throws IOException if it cannot be written; the journal is then as it was
     */
    void append(Entry entry) throws IOException {
        byte[] bytes = (Json.LINE.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8);
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

    /** Takes back what was written of a line that did not fit. */
    private static void cut(FileChannel channel, long end, IOException reason) {
        try {
            channel.truncate(end);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
