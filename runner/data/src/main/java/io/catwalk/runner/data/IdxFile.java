package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Names one file of unsigned bytes in the IDX format of MNIST: two zero bytes, the type 0x08, the number
 * of dimensions, each dimension as 32-bit big-endian number, the bytes.
 *
 * @param path where it is; compressed if its name ends in {@code .gz}
 * @param shape the dimensions that its header states
 */
record IdxFile(Path path, Part part, List<Integer> shape) {

    /** Names the four files of a data set like MNIST, in the order of their names. */
    enum Part {
        TEST_IMAGES("t10k-images", 3),
        TEST_LABELS("t10k-labels", 1),
        TRAIN_IMAGES("train-images", 3),
        TRAIN_LABELS("train-labels", 1);

        private final String stem;
        private final int dimensions;

        Part(String stem, int dimensions) {
            this.stem = stem;
            this.dimensions = dimensions;
        }

        /** Returns how many dimensions the file has: 3 for images (count, rows, columns), 1 for labels. */
        int dimensions() {
            return dimensions;
        }

        /** Returns the official name of the uncompressed file. */
        String fileName() {
            return stem + "-idx" + dimensions + "-ubyte";
        }

        /** Returns the file in this folder, under the first of its four usual names that exists. */
        Optional<Path> in(Path folder) {
            String dotted = stem + ".idx" + dimensions + "-ubyte";
            return List.of(fileName(), fileName() + ".gz", dotted, dotted + ".gz").stream()
                    .map(folder::resolve)
                    .filter(Files::isRegularFile)
                    .findFirst();
        }
    }

    /** Deflate makes data at most this many times smaller (zlib's technical details). */
    private static final int MOST_COMPRESSION = 1032;

    private static final int BUFFER = 1 << 16;

    /** Reads the header of a file, and checks its dimensions against the file, so that a wrong one allocates no memory. */
    static IdxFile open(Path path, Part part) {
        return read(path, in -> {
            List<Integer> shape = shape(path, part, in);
            long most = path.toString().endsWith(".gz")
                    ? Files.size(path) * MOST_COMPRESSION
                    : Files.size(path) - 4 - (long) Integer.BYTES * shape.size();
            BigInteger product = shape.stream().map(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
            if (product.compareTo(BigInteger.valueOf(most)) > 0) {
                throw broken(path, expected(product, shape), "at most " + most);
            }
            if (product.divide(BigInteger.valueOf(shape.get(0))).bitLength() > 26) {
                throw broken(path, "images of less than 64 Mi pixels", shape.toString());
            }
            return new IdxFile(path, part, shape);
        });
    }

    /** Computes the SHA-256 of the uncompressed file. */
    String sha256() {
        MessageDigest digest = Sha256.digest();
        pieces(in -> new DigestInputStream(in, digest), BUFFER, (piece, count) -> {});
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads what follows the header as numbers, if the heap has room for them. */
    int[] numbers() {
        try {
            IntBuffer numbers = IntBuffer.allocate((int) length());
            pieces(in -> in, BUFFER, (piece, count) -> {
                for (int i = 0; i < count; i++) {
                    numbers.put(piece[i] & 0xff);
                }
            });
            return numbers.array();
        } catch (OutOfMemoryError e) {
            throw new RequestException(
                    "IDX file %s: expected data that fits into the heap of %,d MiB, but its header says %,d bytes or labels; "
                                    .formatted(path, Runtime.getRuntime().maxMemory() >> 20, length())
                            + "set a larger heap with CATWALK_OPTS=-Xmx8g, or use a part of the images",
                    e);
        }
    }

    /** Reads what follows the header, entry by entry along the first dimension, each with its index. */
    void records(ObjIntConsumer<byte[]> records) {
        int[] index = {0};
        pieces(in -> in, (int) (length() / shape.get(0)), (piece, length) -> records.accept(piece, index[0]++));
    }

    /** Reads a file in pieces, each with its length. */
    private void pieces(UnaryOperator<InputStream> through, int most, ObjIntConsumer<byte[]> pieces) {
        read(path, stream -> {
            InputStream in = through.apply(stream);
            List<Integer> unused = shape(path, part, in);
            byte[] piece = new byte[most];
            long length = length();
            for (long done = 0; done < length; ) {
                int wanted = (int) Math.min(most, length - done);
                int read = in.readNBytes(piece, 0, wanted);
                done += read;
                if (read < wanted) {
                    throw broken(path, expected(length, shape), "only " + done);
                }
                pieces.accept(piece, wanted);
            }
            if (in.read() >= 0) {
                throw broken(path, expected(length, shape), "more");
            }
            return this;
        });
    }

    private long length() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    private static String expected(Object length, List<Integer> shape) {
        return "%s bytes after the header, for shape %s".formatted(length, shape);
    }

    private interface Reading {
        IdxFile from(InputStream in) throws IOException;
    }

    private static IdxFile read(Path path, Reading reading) {
        try (InputStream file = Files.newInputStream(path);
                InputStream in = path.toString().endsWith(".gz")
                        ? new GZIPInputStream(file, BUFFER)
                        : new BufferedInputStream(file, BUFFER)) {
            return reading.from(in);
        } catch (EOFException | ZipException e) {
            throw broken(path, "a whole gzip file", "a truncated or damaged one");
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot read %s: %s; check its permissions and the disk".formatted(path, Reasons.of(e)), e);
        }
    }

    private static List<Integer> shape(Path path, Part part, InputStream in) throws IOException {
        byte[] header = new byte[4 + Integer.BYTES * part.dimensions()];
        int found = in.readNBytes(header, 0, header.length);
        IntBuffer numbers = ByteBuffer.wrap(header).asIntBuffer();
        int expected = 0x0800 + part.dimensions();
        if (found >= Integer.BYTES && numbers.get(0) != expected) {
            throw broken(
                    path,
                    "magic number 0x%08x (unsigned bytes in %d dimensions)".formatted(expected, part.dimensions()),
                    "0x%08x".formatted(numbers.get(0)));
        }
        if (found < header.length) {
            throw broken(path, "a header of %d bytes".formatted(header.length), "only " + found);
        }
        List<Integer> shape = IntStream.rangeClosed(1, part.dimensions())
                .map(numbers::get)
                .boxed()
                .toList();
        if (shape.stream().anyMatch(dimension -> dimension < 1)) {
            throw broken(path, "dimensions of at least 1", shape.toString());
        }
        return shape;
    }

    private static RequestException broken(Path path, String expected, String found) {
        return new RequestException(
                "IDX file %s: expected %s, found %s; fetch or write the file again".formatted(path, expected, found));
    }
}
