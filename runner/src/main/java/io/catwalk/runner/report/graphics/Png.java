package io.catwalk.runner.report.graphics;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Encodes drawings as PNG (ISO/IEC 15948). {@code ImageIO} asks the image for each sample by itself, which took a quarter of the
 * time of a report.
 */
final class Png {

    private static final long SIGNATURE = 0x89_50_4e_47_0d_0a_1a_0aL;
    private static final byte SAMPLE_BITS = 8;
    private static final byte RGB = 2;

    private Png() {}

    /**
     * Encodes an image, each row as it is: large plain areas need no filter.
     *
     * @param image of {@link BufferedImage#TYPE_INT_RGB}
     * @return the file
     */
    static byte[] of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        byte[] rows = new byte[height * (1 + 3 * width)];
        int to = 0;
        for (int from = 0; from < pixels.length; from += width) {
            rows[to++] = 0; // the filter of the row: none
            for (int x = 0; x < width; x++) {
                int pixel = pixels[from + x];
                rows[to++] = (byte) (pixel >> 16);
                rows[to++] = (byte) (pixel >> 8);
                rows[to++] = (byte) pixel;
            }
        }
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(SAMPLE_BITS)
                .put(RGB)
                .array();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(SIGNATURE).array());
        chunk("IHDR", header, file);
        chunk("IDAT", deflated(rows), file);
        chunk("IEND", new byte[0], file);
        return file.toByteArray();
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream deflated = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            while (!deflater.finished()) {
                deflated.write(buffer, 0, deflater.deflate(buffer));
            }
            return deflated.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void chunk(String type, byte[] data, ByteArrayOutputStream file) {
        byte[] typed = ByteBuffer.allocate(4 + data.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .array();
        CRC32 check = new CRC32();
        check.update(typed);
        file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        file.writeBytes(typed);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) check.getValue()).array());
    }
}
