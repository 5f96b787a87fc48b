package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.runner.AtomicFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes and reads the state of a training: the length of the head (32 bits, big-endian), the head, the
 * vectors as float32 in the byte order of this machine, and the SHA-256 of everything before it.
 */
final class CheckpointFile {

    /** Gets the next number also when trainings change: none may continue the state of one that went another way. */
    private static final String FORMAT = "catwalk checkpoint 7";

    /** Number of values that are copied at once; a vector may be longer than a Java array. */
    private static final int PIECE = 1 << 22;

    private static final int DIGEST_BYTES = 32;
    private static final int BUFFER = 1 << 16;

    private CheckpointFile() {}

    /** Writes the whole state; if that fails, an older one is unchanged. */
    static void write(Path file, String key, Checkpoint state) throws IOException {
        AtomicFiles.write(file, out -> {
            MessageDigest digest = sha256();
            byte[] head = head(key, state);
            put(out, digest, ByteBuffer.allocate(Integer.BYTES).putInt(0, head.length));
            put(out, digest, ByteBuffer.wrap(head));
            for (NDArray vector : state.vectors()) {
                for (long from = 0; from < vector.size(); from += PIECE) {
                    try (NDArray piece = vector.get(from + ":" + Math.min(vector.size(), from + PIECE))) {
                        put(out, digest, piece.toByteBuffer());
                    }
                }
            }
            out.write(digest.digest());
        });
    }

    /**
     * Reads a state.
     *
     * @param manager owns its vectors
     * @throws IOException if the file cannot be read, is damaged, is of another version, or has another key
     */
    static Checkpoint read(Path file, String key, NDManager manager) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            requireWhole(file, channel);
            int length = get(channel, Integer.BYTES).getInt();
            if (length < 0 || length > channel.size()) {
                throw new IOException(file + " is no state of a training");
            }
            DataInputStream head = new DataInputStream(
                    new ByteArrayInputStream(get(channel, length).array()));
            String format = head.readUTF();
            if (!format.equals(FORMAT)) {
                throw new IOException(file + ": expected a " + FORMAT + ", found a " + format
                        + " of a version that trains in another way");
            }
            if (!head.readUTF().equals(key)) {
                throw new IOException(file + " is the state of another training");
            }
            List<Epoch> history = new ArrayList<>();
            for (int left = head.readInt(); left > 0; left--) {
                history.add(new Epoch(
                        head.readInt(),
                        head.readDouble(),
                        head.readDouble(),
                        head.readDouble(),
                        head.readDouble(),
                        head.readDouble(),
                        head.readDouble(),
                        head.readDouble()));
            }
            int bestEpoch = head.readInt();
            long step = head.readLong();
            long shuffle = head.readLong();
            int[] order = new int[head.readInt()];
            for (int i = 0; i < order.length; i++) {
                order[i] = head.readInt();
            }
            List<NDArray> vectors = new ArrayList<>();
            for (int left = head.readInt(); left > 0; left--) {
                vectors.add(vector(channel, head.readLong(), manager));
            }
            return new Checkpoint(history, bestEpoch, step, order, shuffle, vectors);
        }
    }

    private static byte[] head(String key, Checkpoint state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream head = new DataOutputStream(bytes);
        head.writeUTF(FORMAT);
        head.writeUTF(key);
        head.writeInt(state.history().size());
        for (Epoch epoch : state.history()) {
            head.writeInt(epoch.epoch());
            head.writeDouble(epoch.trainLoss());
            head.writeDouble(epoch.trainAccuracy());
            head.writeDouble(epoch.validationLoss());
            head.writeDouble(epoch.validationAccuracy());
            head.writeDouble(epoch.score());
            head.writeDouble(epoch.learningRate());
            head.writeDouble(epoch.seconds());
        }
        head.writeInt(state.bestEpoch());
        head.writeLong(state.step());
        head.writeLong(state.shuffle());
        head.writeInt(state.order().length);
        for (int image : state.order()) {
            head.writeInt(image);
        }
        head.writeInt(state.vectors().size());
        for (NDArray vector : state.vectors()) {
            head.writeLong(vector.size());
        }
        return bytes.toByteArray();
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
        MessageDigest digest = sha256();
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

    private static void put(OutputStream out, MessageDigest digest, ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        byte[] copy = new byte[Math.min(BUFFER, bytes.remaining())];
        while (bytes.hasRemaining()) {
            int count = Math.min(copy.length, bytes.remaining());
            bytes.get(copy, 0, count);
            out.write(copy, 0, count);
        }
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

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
