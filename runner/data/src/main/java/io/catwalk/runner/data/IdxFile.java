package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FolderLayout.Part;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Names one file of unsigned bytes in the IDX format of MNIST: two zero bytes, the type 0x08, the number
 * of dimensions, each dimension as 32-bit big-endian number, the bytes.
 *
 * @param path where it is; compressed if its name ends in {@code .gz}
 * @param part which of the four files it is
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

    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;
    private static final int BUFFER = 1 << 16;

    /** Reads the header of a file. */
    static IdxFile open(Path path, Part part) {
        return read(path, in -> {
            List<Integer> shape = shape(path, part, header(path, part, in));
            checkLength(path, shape);
            return new IdxFile(path, part, shape);
        });
    }

    /** Computes the SHA-256 of the uncompressed file. */
    String sha256() {
        Sha256 sha256 = new Sha256();
        pieces(BUFFER, sha256::add, sha256::add);
        return sha256.hex();
    }

    /** Reads what follows the header as numbers, if the heap has room for them. */
    int[] numbers() {
        if (length() > LONGEST_ARRAY) {
            throw broken(path, "at most 2 GiB after the header", shape.toString());
        }
        int length = (int) length();
        try {
            IntBuffer numbers = IntBuffer.allocate(length);
            pieces(BUFFER, header -> {}, (piece, count) -> {
                for (int i = 0; i < count; i++) {
                    numbers.put(piece[i] & 0xff);
                }
            });
            return numbers.array();
        } catch (OutOfMemoryError e) {
            throw new RequestException(
                    "IDX file %s: expected data that fits into the heap of %,d MiB, but its header says %,d bytes or labels; "
                                    .formatted(path, Runtime.getRuntime().maxMemory() >> 20, length)
                            + "set a larger heap with CATWALK_OPTS=-Xmx8g, or use a part of the images",
                    e);
        }
    }

    /** Reads what follows the header, entry by entry along the first dimension, each with its index. */
    void records(ObjIntConsumer<byte[]> records) {
        int[] index = {0};
        pieces((int) (length() / shape.get(0)), header -> {}, (piece, length) -> records.accept(piece, index[0]++));
    }

    /** Reads a file in pieces, each with its length. */
    private void pieces(int most, Consumer<byte[]> header, ObjIntConsumer<byte[]> pieces) {
        read(path, in -> {
            header.accept(header(path, part, in));
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
        try (InputStream in = open(path)) {
            return reading.from(in);
        } catch (EOFException | ZipException e) {
            throw broken(path, "a whole gzip file", "a truncated or damaged one");
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot read %s: %s; check its permissions and the disk".formatted(path, Reasons.of(e)), e);
        }
    }

    private static byte[] header(Path path, Part part, InputStream in) throws IOException {
        byte[] header = new byte[4 + Integer.BYTES * part.dimensions()];
        int found = in.readNBytes(header, 0, header.length);
        checkMagic(path, header, found, part.dimensions());
        return header;
    }

    private static List<Integer> shape(Path path, Part part, byte[] header) {
        IntBuffer numbers = ByteBuffer.wrap(header, 4, header.length - 4).asIntBuffer();
        List<Integer> shape =
                IntStream.range(0, part.dimensions()).map(numbers::get).boxed().toList();
        if (shape.stream().anyMatch(dimension -> dimension < 1)) {
            throw broken(path, "dimensions of at least 1", shape.toString());
        }
        return shape;
    }

    private static InputStream open(Path path) throws IOException {
        InputStream file = Files.newInputStream(path);
        if (!path.toString().endsWith(".gz")) {
            return new BufferedInputStream(file, BUFFER);
        }
        try {
            return new GZIPInputStream(file, BUFFER);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static void checkMagic(Path path, byte[] header, int found, int dimensions) {
        int expected = 0x0800 + dimensions;
        int magic = ByteBuffer.wrap(header).getInt();
        if (found >= Integer.BYTES && magic != expected) {
            throw broken(
                    path,
                    "magic number 0x%08x (unsigned bytes in %d dimensions)".formatted(expected, dimensions),
                    "0x%08x".formatted(magic));
        }
        if (found < header.length) {
            throw broken(path, "a header of %d bytes".formatted(header.length), "only " + found);
        }
    }

    /** Multiplies the dimensions and checks them against the file, so that a wrong header allocates no memory. */
    private static void checkLength(Path path, List<Integer> shape) throws IOException {
        long size = Files.size(path);
        long most = path.toString().endsWith(".gz")
                ? size * MOST_COMPRESSION
                : size - 4 - (long) Integer.BYTES * shape.size();
        BigInteger product = shape.stream().map(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
        if (product.compareTo(BigInteger.valueOf(most)) > 0) {
            throw broken(path, expected(product, shape), "at most " + most);
        }
        if (shape.stream()
                        .skip(1)
                        .map(BigInteger::valueOf)
                        .reduce(BigInteger.ONE, BigInteger::multiply)
                        .bitLength()
                > 26) {
            throw broken(path, "images of less than 64 Mi pixels", shape.toString());
        }
    }

    private static RequestException broken(Path path, String expected, String found) {
        return new RequestException(
                "IDX file %s: expected %s, found %s; fetch or write the file again".formatted(path, expected, found));
    }
}
