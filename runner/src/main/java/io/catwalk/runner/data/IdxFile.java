package io.catwalk.runner.data;

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
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Holds one file of unsigned bytes in the IDX format of MNIST: two zero bytes, the type 0x08, the number
 * of dimensions, each dimension as 32-bit big-endian number, the bytes.
 *
 * @param path where it was read from
 * @param part which of the four files it is
 * @param shape the dimensions
 * @param bytes as many as the product of the dimensions
 * @param sha256 of the uncompressed file
 */
@SuppressWarnings("ArrayRecordComponent")
record IdxFile(Path path, IdxPart part, List<Integer> shape, byte[] bytes, String sha256) {

    /** Deflate makes data at most this many times smaller (zlib's technical details). */
    private static final int MOST_COMPRESSION = 1032;

    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;
    private static final int BUFFER = 1 << 16;

    /**
     * Reads a file, compressed if its name ends in {@code .gz}.
     *
     * @throws RequestException if it does not hold exactly what the format and its header say
     */
    static IdxFile read(Path path, IdxPart part) {
        int dimensions = part.dimensions();
        try (InputStream in = open(path)) {
            byte[] header = new byte[4 + Integer.BYTES * dimensions];
            int found = in.readNBytes(header, 0, header.length);
            checkMagic(path, header, found, dimensions);
            IntBuffer numbers = ByteBuffer.wrap(header, 4, header.length - 4).asIntBuffer();
            List<Integer> shape =
                    IntStream.range(0, dimensions).map(numbers::get).boxed().toList();
            byte[] bytes = room(path, length(path, shape, header.length), byte[]::new);
            int read = in.readNBytes(bytes, 0, bytes.length);
            if (read < bytes.length || in.read() >= 0) {
                String expected = "%d bytes after the header, for shape %s".formatted(bytes.length, shape);
                throw broken(path, expected, read < bytes.length ? "only " + read : "more");
            }
            String sha256 = new Sha256().add(header).add(bytes).hex();
            return new IdxFile(path, part, shape, bytes, sha256);
        } catch (EOFException | ZipException e) {
            throw broken(path, "a whole gzip file", "a truncated or damaged one");
        } catch (IOException e) {
            throw new RequestException("Cannot read %s: %s; check its permissions and the disk".formatted(path, e), e);
        }
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

    /** Multiplies the dimensions and checks them against the file, so that a wrong header asks for no memory. */
    private static int length(Path path, List<Integer> shape, int headerLength) throws IOException {
        long size = Files.size(path);
        long most = path.toString().endsWith(".gz") ? size * MOST_COMPRESSION : size - headerLength;
        BigInteger product = BigInteger.ONE;
        for (int dimension : shape) {
            if (dimension < 1) {
                throw broken(path, "dimensions of at least 1", shape.toString());
            }
            product = product.multiply(BigInteger.valueOf(dimension));
        }
        if (product.compareTo(BigInteger.valueOf(Math.min(most, LONGEST_ARRAY))) > 0) {
            String expected = "%d bytes after the header, for shape %s".formatted(product, shape);
            throw broken(path, expected, most < LONGEST_ARRAY ? "at most " + most : "more than fit an array of 2 GiB");
        }
        return product.intValueExact();
    }

    /**
     * Makes an array, if there is room for it.
     *
     * @throws RequestException if the heap is too small
     */
    static <A> A room(Path path, int length, IntFunction<A> array) {
        try {
            return array.apply(length);
        } catch (OutOfMemoryError e) {
            throw new RequestException(
                    "IDX file %s: expected no more than fits the memory of %,d MiB, but its header says %,d bytes or labels; "
                                    .formatted(path, Runtime.getRuntime().maxMemory() >> 20, length)
                            + "give the program more by CATWALK_OPTS=-Xmx8g, or use a part of the images",
                    e);
        }
    }

    private static RequestException broken(Path path, String expected, String found) {
        return new RequestException(
                "IDX file %s: expected %s, found %s; fetch or write the file again".formatted(path, expected, found));
    }
}
