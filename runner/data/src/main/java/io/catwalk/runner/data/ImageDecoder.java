package io.catwalk.runner.data;

import com.twelvemonkeys.imageio.util.ProgressListenerBase;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;
import org.jspecify.annotations.Nullable;

/**
 * Decodes image files, with a memory limit that does not depend on what they claim: a file has at most
 * {@value #MOST_FILE_BYTES} bytes, and an image at most {@value #MOST_PIXELS} pixels that take at most
 * {@value #MOST_BYTES} bytes as they are stored. The header is checked before anything is decoded.
 */
@SuppressWarnings("ArrayRecordComponent")
record ImageDecoder(ImageFormat format, byte[] file, Duration longest) {

    static final int MOST_FILE_BYTES = 1 << 28;
    static final int MOST_PIXELS = 1 << 26;
    static final int MOST_BYTES = 1 << 28;

    private static final int COLORS = 3;
    private static final int FOUR_INKS = 4;

    /** A progressive file has about 10. */
    private static final int MOST_SCANS = 100;

    /** Pixels of all scans together, each of which goes through the whole image: 16 scans of the largest image. */
    private static final long MOST_SCANNED = 1L << 30;

    /** Bytes of a TIFF from one that is stored; LZW, the best but for faxes, whose rows take a bit, comes to 1,300. */
    private static final long MOST_EXPANSION = 4096;

    /**
     * Processor time after which a decoder is stopped. The largest sound images take five seconds; a file of some
     * kilobytes can claim as many pixels, and be stored in the slowest way.
     */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Where a WebP says how many bytes follow. */
    private static final int RIFF_LENGTH = 4;

    /** Readers only warn where they fill missing parts with gray, or leave out the alpha channel of a WebP. */
    private static final Pattern MAKES_IT_WRONG =
            Pattern.compile("truncated|premature|alpha (not implemented|compression)", Pattern.CASE_INSENSITIVE);

    private static final int LONGEST_REASON = 200;

    private static final Pattern NAME_OF_A_CLASS = Pattern.compile("\\w(Exception|Error)\\b");

    /** What the header of a file states of the upright image, in pixels. */
    record Header(String format, int width, int height) {

        String size() {
            return width + "x" + height;
        }
    }

    /** Decodes the first image of a file, in whatever format its content is; the name does not matter. */
    static DecodedImage decode(Path path) throws UnreadableImageException {
        return decode(path, LONGEST);
    }

    /** Decodes the first image of a file, in at most this processor time. */
    static DecodedImage decode(Path path, Duration longest) throws UnreadableImageException {
        ImageDecoder decoder = read(path, longest);
        return decoder.with(decoder::decode);
    }

    /** Reads only the header of a file. */
    static Header header(Path path) throws UnreadableImageException {
        return read(path, LONGEST).header();
    }

    private static ImageDecoder read(Path path, Duration longest) throws UnreadableImageException {
        byte[] file;
        try {
            long length = Files.size(path);
            file = length > MOST_FILE_BYTES ? new byte[0] : bytes(path);
            length = Math.max(length, file.length);
            if (length > MOST_FILE_BYTES) {
                throw new UnreadableImageException("%d bytes, more than %d".formatted(length, MOST_FILE_BYTES), null);
            }
        } catch (IOException e) {
            throw new UnreadableImageException("a file that cannot be read (" + Reasons.of(e) + ")", e);
        }
        if (file.length == 0) {
            throw new UnreadableImageException("an empty file", null);
        }
        ImageFormat format = ImageFormat.of(file)
                .orElseThrow(() -> new UnreadableImageException(
                        ImageFormat.isHeic(file) ? "a photo in HEIC or AVIF, to be converted to JPEG" : "no image",
                        null));
        ImageDecoder decoder = new ImageDecoder(format, file, longest);
        if (format == ImageFormat.WEBP && decoder.isShorterThanItSays()) {
            throw decoder.damaged("it is cut off", null); // the reader would make up the missing pixels
        }
        return decoder;
    }

    /** Reads a file, but no pipe and no device, which may never begin or never end. */
    private static byte[] bytes(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
            throw new IOException("it is a pipe or a device");
        }
        return Files.readAllBytes(path);
    }

    private Header header() throws UnreadableImageException {
        return with(reader -> {
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            checkSize(width, height, Byte.SIZE);
            boolean turned = ImageTags.of(format, file).orientation().isTransposed();
            return new Header(format.title(), turned ? height : width, turned ? width : height);
        });
    }

    private boolean isShorterThanItSays() {
        long content = Integer.toUnsignedLong(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(RIFF_LENGTH));
        return RIFF_LENGTH + Integer.BYTES + content > file.length;
    }

    private interface Work<T> {
        T with(ImageReader reader) throws IOException, UnreadableImageException;
    }

    private <T> T with(Work<T> work) throws UnreadableImageException {
        ImageReader reader = null;
        try (ImageInputStream stream = new FileBytes(file)) {
            reader = format.reader();
            AtomicReference<@Nullable String> wrong = new AtomicReference<>();
            reader.addIIOReadWarningListener((source, warning) -> {
                if (MAKES_IT_WRONG.matcher(warning).find()) {
                    wrong.set(warning);
                }
            });
            reader.addIIOReadProgressListener(new Limit(longest));
            reader.setInput(stream, true, true);
            T result = work.with(reader);
            String warning = wrong.get();
            if (warning != null) {
                throw damaged(Reasons.visible(warning), null);
            }
            return result;
        } catch (IOException | RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof OutOfMemoryError memory) {
                    throw memory; // some readers wrap it, but the file may be sound
                }
                if (cause instanceof TooLongException) {
                    throw damaged("it takes more than %d s of processor time".formatted(longest.toSeconds()), e);
                }
            }
            // Damaged files make the readers fail with wrong indices and sizes, null and casts.
            throw damaged(said(e), e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    /** Thrown where a decoder has worked for too long. */
    private static final class TooLongException extends RuntimeException {}

    /** Stops a decoder after some processor time: readers report their progress after each row. */
    private static final class Limit extends ProgressListenerBase {

        private final long end;

        Limit(Duration longest) {
            end = used() + longest.toNanos();
        }

        private static long used() {
            return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }

        @Override
        public void imageProgress(ImageReader source, float percentage) {
            if (used() > end) {
                throw new TooLongException();
            }
        }
    }

    private DecodedImage decode(ImageReader reader) throws IOException, UnreadableImageException {
        ImageTags tags = ImageTags.of(format, file);
        if (tags.profileBytes() > file.length) {
            throw damaged("its color profile says that it has %d bytes".formatted(tags.profileBytes()), null);
        }
        if (tags.tilePixels() > MOST_PIXELS) {
            throw damaged("its tiles have %d pixels".formatted(tags.tilePixels()), null);
        }
        if (format == ImageFormat.TIFF && tags.areOtherColors()) {
            throw otherColors(); // its reader would convert L*a*b*, and has no words for inks
        }
        if (format == ImageFormat.JPEG && scans() > MOST_SCANS) {
            throw damaged("it has %d scans, more than %d".formatted(scans(), MOST_SCANS), null);
        }
        checkSize(reader.getWidth(0), reader.getHeight(0), Byte.SIZE);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (format == ImageFormat.JPEG && scans() * pixels > MOST_SCANNED) {
            throw damaged(
                    "its %d scans have %d pixels, more than %d".formatted(scans(), scans() * pixels, MOST_SCANNED),
                    null);
        }
        if (format == ImageFormat.WEBP && (tags.picturePixels() < 1 || tags.picturePixels() > pixels)) {
            String wrong = tags.picturePixels() < 1 ? "missing" : "larger than its header says, or occurs twice";
            throw damaged("the embedded picture is " + wrong, null);
        }
        ImageTypeSpecifier stored = reader.getRawImageType(0);
        if (stored != null) {
            int bits = 0;
            for (int band = 0; band < stored.getNumBands(); band++) {
                bits += stored.getBitsPerBand(band);
            }
            checkSize(reader.getWidth(0), reader.getHeight(0), bits);
            long most = Math.max(pixels, tags.tilePixels());
            if (format == ImageFormat.TIFF
                    && (tags.isFax()
                            ? reader.getHeight(0) > (long) Byte.SIZE * file.length
                            : most * bits / Byte.SIZE > MOST_EXPANSION * file.length)) {
                throw damaged("its %d bytes cannot hold %d pixels of %d bits".formatted(file.length, most, bits), null);
            }
        }
        if (format == ImageFormat.JPEG && stored != null && stored.getNumBands() == FOUR_INKS) {
            return new DecodedImage(
                    reader.readRaster(0, null), new Samples.JpegInks(tags.isYcck()), tags.orientation());
        }
        // When it is asked for the colors of the file itself, a reader applies no profile. The reader of PNG never
        // applies one, and would drop the color that is declared transparent.
        ImageReadParam param = reader.getDefaultReadParam();
        if (format == ImageFormat.JPEG && stored != null && stored.getNumBands() == COLORS) {
            param.setDestination(inOrder(stored.getColorModel(), reader.getWidth(0), reader.getHeight(0)));
        } else if (stored != null && format != ImageFormat.PNG) {
            param.setDestinationType(stored);
        }
        BufferedImage image = reader.read(0, param);
        Raster raster = image.getRaster();
        Samples samples = Samples.of(image.getColorModel(), raster).orElseThrow(this::otherColors);
        return new DecodedImage(raster, samples, tags.orientation());
    }

    /** Makes an image of red, green and blue: lines are copied in this order, and value by value in any other. */
    private static BufferedImage inOrder(ColorModel colors, int width, int height) {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, COLORS, null);
        return new BufferedImage(colors, raster, false, null);
    }

    /** Counts the scans of a JPEG file (ITU-T T.81, B.2.3): each covers the whole image, however short it is. */
    private int scans() {
        int scans = 0;
        for (int i = 0; i + 4 < file.length; i++) {
            if (file[i] == (byte) 0xff
                    && file[i + 1] == (byte) 0xda
                    && file[i + 2] == 0
                    && file[i + 3] == 6 + 2 * file[i + 4]) {
                scans++;
            }
        }
        return scans;
    }

    private void checkSize(int width, int height, int bits) throws UnreadableImageException {
        long pixels = (long) width * height;
        if (pixels < 1 || pixels > MOST_PIXELS || pixels * bits / Byte.SIZE > MOST_BYTES) {
            throw new UnreadableImageException(
                    "a %s of %dx%d pixels of %d bits, more than %d pixels or %d bytes"
                            .formatted(format.title(), width, height, bits, MOST_PIXELS, MOST_BYTES),
                    null);
        }
    }

    /** Returns the message of a reader, or a general one: the name of its exception does not help the user. */
    private static String said(Exception e) {
        String message = e instanceof EOFException ? "it is cut off" : Objects.requireNonNullElse(e.getMessage(), "");
        return e instanceof RuntimeException
                        || message.isBlank()
                        || NAME_OF_A_CLASS.matcher(message).find()
                ? "its parts contradict each other"
                : Reasons.visible(
                        message.length() <= LONGEST_REASON ? message : message.substring(0, LONGEST_REASON) + "...");
    }

    private UnreadableImageException otherColors() {
        return new UnreadableImageException(
                "a %s of samples that are neither gray, RGB nor CMYK in at most 16 bits".formatted(format.title()),
                null);
    }

    private UnreadableImageException damaged(String how, @Nullable Exception cause) {
        return new UnreadableImageException("a %s that cannot be decoded (%s)".formatted(format.title(), how), cause);
    }

    /** Thrown when a file holds no image that can be read; says why. */
    static final class UnreadableImageException extends Exception {

        UnreadableImageException(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }

        /** Returns what was found in place of an image. */
        String reason() {
            return String.valueOf(getMessage());
        }

        /** Returns an exception with one line for the user who asked for this file. */
        RequestException of(Path file) {
            return new RequestException(
                    Reasons.visible("Image %s: expected a %s file, found %s; replace or remove it"
                            .formatted(file, ImageFormat.titles(), reason())),
                    this);
        }
    }

    /**
     * Passes the bytes of a file to a decoder, without the copies and the disk cache of other streams. A decoder that does
     * not stop at the end of a file, such as that of WebP, is stopped: it would fill, pixel by pixel, the size in the
     * header.
     */
    static final class FileBytes extends ImageInputStreamImpl {

        /** A decoder may read a little beyond the end. */
        private static final int MOST_READS_AT_THE_END = 1_000;

        private final byte[] bytes;
        private int readsAtTheEnd;

        FileBytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            bitOffset = 0;
            return isAtTheEnd() ? -1 : Byte.toUnsignedInt(bytes[(int) streamPos++]);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            bitOffset = 0;
            if (length == 0) {
                return 0;
            }
            if (isAtTheEnd()) {
                return -1;
            }
            int count = (int) Math.min(length, bytes.length - streamPos);
            System.arraycopy(bytes, (int) streamPos, target, offset, count);
            streamPos += count;
            return count;
        }

        private boolean isAtTheEnd() throws IOException {
            if (streamPos < bytes.length) {
                return false;
            }
            readsAtTheEnd++;
            if (readsAtTheEnd > MOST_READS_AT_THE_END) {
                throw new IOException("it is cut off");
            }
            return true;
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public boolean isCached() {
            return true;
        }

        @Override
        public boolean isCachedMemory() {
            return true;
        }
    }
}
