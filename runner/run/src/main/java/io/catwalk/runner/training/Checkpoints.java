package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.data.Sha256;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the state of a training in a file, so that another process can continue it. Problems with the file never
 * fail a training: a state that cannot be written or read counts as missing.
 *
 * <p>The file has the length of the head (32 bits, big-endian), the head in JSON, the vectors as float32 in the byte order of
 * this machine, and the SHA-256 of everything before it.
 */
public final class Checkpoints {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /** Writing takes at most one twentieth of the time. */
    private static final int SHARE = 20;

    /** Gets the next number also when trainings change: none may continue the state of one that went another way. */
    private static final String FORMAT = "catwalk checkpoint 8";

    /** Number of values that are copied at once; a vector may be longer than a Java array. */
    private static final int PIECE = 1 << 22;

    private static final int DIGEST_BYTES = 32;

    /**
     * The complete state of a training between two epochs.
     *
     * @param order of the training images after the last epoch
     * @param shuffle state of the generator that shuffles them
     * @param vectors the weights, those of the best epoch, their average if there is one, and the optimizer's state
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, read once, never compared
    record State(List<Epoch> history, int bestEpoch, long step, int[] order, long shuffle, List<NDArray> vectors) {}

    /** Writes and reads heads: every number, also NaN, comes back with the same bits. */
    private static final JsonMapper HEADS = JsonMapper.shared();

    /** What a file tells before its vectors, of which it has the sizes. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Head(
            String format,
            String key,
            List<Epoch> history,
            int bestEpoch,
            long step,
            int[] order,
            long shuffle,
            List<Long> vectors) {}

    private final Path file;
    private final String key;
    private final LongSupplier nanoTime;
    private final long pause;
    private long last;
    private long cost;

    /**
     * Keeps the state of one training in a file, whose folder exists.
     *
     * @param key identifies the training: a state with another key is not used
     * @param pause shortest time between two writes
     */
    public Checkpoints(Path file, String key, Duration pause, LongSupplier nanoTime) {
        this.file = file;
        this.key = key;
        this.nanoTime = nanoTime;
        this.pause = pause.toNanos();
        last = nanoTime.getAsLong();
    }

    void offer(State state) {
        long start = nanoTime.getAsLong();
        if (start - last < Math.max(pause, SHARE * cost)) {
            return;
        }
        try {
            write(file, key, state);
        } catch (IOException e) {
            LOG.warn("The state after epoch {} was not kept", state.history().size(), e);
        }
        last = nanoTime.getAsLong();
        cost = last - start;
    }

    /** Reads the state, whose vectors must be as long as those of {@code like}; null if none fits. */
    @Nullable
    State read(NDManager manager, State like) {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            State state = read(file, key, manager);
            if (!fits(state, like)) {
                throw new IOException(file + " is the state of another network or other data");
            }
            LOG.info("The training goes on after epoch {}", state.history().size());
            return state;
        } catch (IOException e) {
            LOG.warn("The training starts at the beginning", e);
            return null;
        }
    }

    private static boolean fits(State state, State like) {
        return state.order().length == like.order().length
                && state.vectors().stream()
                        .map(NDArray::size)
                        .toList()
                        .equals(like.vectors().stream().map(NDArray::size).toList());
    }

    /** Writes the whole state; if that fails, an older one is unchanged. */
    private static void write(Path file, String key, State state) throws IOException {
        AtomicFiles.write(file, out -> {
            DigestOutputStream digested = new DigestOutputStream(out, Sha256.digest());
            DataOutputStream data = new DataOutputStream(digested);
            byte[] head = HEADS.writeValueAsBytes(new Head(
                    FORMAT,
                    key,
                    state.history,
                    state.bestEpoch,
                    state.step,
                    state.order,
                    state.shuffle,
                    state.vectors.stream().map(NDArray::size).toList()));
            data.writeInt(head.length);
            data.write(head);
            WritableByteChannel vectors = Channels.newChannel(data);
            for (NDArray vector : state.vectors) {
                for (long from = 0; from < vector.size(); from += PIECE) {
                    try (NDArray piece = vector.get(from + ":" + Math.min(vector.size(), from + PIECE))) {
                        vectors.write(piece.toByteBuffer());
                    }
                }
            }
            data.flush();
            out.write(digested.getMessageDigest().digest());
        });
    }

    /** Reads a state that is whole, of this version and key, or throws. */
    private static State read(Path file, String key, NDManager manager) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            requireWhole(file, channel);
            int length = get(channel, Integer.BYTES).getInt();
            if (length < 0 || length > channel.size()) {
                throw new IOException(file + " is no state of a training");
            }
            Head head = HEADS.readValue(get(channel, length).array(), Head.class);
            if (!head.format.equals(FORMAT)) {
                throw new IOException(file + ": expected a " + FORMAT + ", found a " + head.format
                        + " of a version that trains in another way");
            }
            if (!head.key.equals(key)) {
                throw new IOException(file + " is the state of another training");
            }
            List<NDArray> vectors = new ArrayList<>();
            for (long size : head.vectors) {
                vectors.add(vector(channel, size, manager));
            }
            return new State(head.history, head.bestEpoch, head.step, head.order, head.shuffle, vectors);
        } catch (JacksonException e) {
            throw new IOException(file + " is no state of a training", e);
        }
    }

    private static NDArray vector(FileChannel channel, long size, NDManager manager) throws IOException {
        try (NDManager scratch = manager.newSubManager()) {
            NDList pieces = new NDList();
            for (long from = 0; from < size; from += PIECE) {
                int count = (int) Math.min(PIECE, size - from);
                ByteBuffer bytes = get(channel, count * Float.BYTES);
                ByteBuffer memory = ByteBuffer.allocateDirect(bytes.capacity()).order(ByteOrder.nativeOrder());
                memory.put(bytes).flip();
                pieces.add(scratch.create(memory, new Shape(count), DataType.FLOAT32));
            }
            // The pieces use Java memory; the returned array must not.
            NDArray vector = pieces.size() == 1 ? pieces.get(0).duplicate() : NDArrays.concat(pieces);
            vector.attach(manager);
            return vector;
        }
    }

    /** Checks the digest before any content of the file is used. */
    private static void requireWhole(Path file, FileChannel channel) throws IOException {
        MessageDigest digest = Sha256.digest();
        long left = channel.size() - DIGEST_BYTES;
        while (left > 0) {
            ByteBuffer piece = get(channel, (int) Math.min(PIECE, left));
            left -= piece.remaining();
            digest.update(piece);
        }
        if (left < 0 || !get(channel, DIGEST_BYTES).equals(ByteBuffer.wrap(digest.digest()))) {
            throw new IOException(file + " is damaged");
        }
        channel.position(0);
    }

    private static ByteBuffer get(FileChannel channel, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("ends too early");
            }
        }
        return bytes.flip();
    }
}
