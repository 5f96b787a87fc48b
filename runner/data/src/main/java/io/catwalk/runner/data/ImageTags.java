package io.catwalk.runner.data;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegSegmentData;
import com.drew.imaging.jpeg.JpegSegmentReader;
import com.drew.imaging.jpeg.JpegSegmentType;
import com.drew.imaging.png.PngChunk;
import com.drew.imaging.png.PngChunkReader;
import com.drew.imaging.png.PngChunkType;
import com.drew.imaging.riff.RiffHandler;
import com.drew.imaging.riff.RiffReader;
import com.drew.imaging.tiff.TiffReader;
import com.drew.lang.ByteArrayReader;
import com.drew.lang.RandomAccessReader;
import com.drew.lang.SequentialByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifReader;
import com.drew.metadata.tiff.DirectoryTiffHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a file that affects its pixels: how the camera was held, how its inks are coded, and sizes that a
 * decoder would trust. Damaged metadata, and what follows it, is ignored, as other programs do.
 *
 * @param isYcck whether the first three of four components of a JPEG file are luma and chroma
 * @param profileBytes how many bytes a color profile claims to have, which a decoder allocates although it is not used
 * @param picturePixels the most pixels of a picture within a WebP; more than any picture has if there is one twice
 * @param numbers of the first directory of a TIFF file, by their tag; the larger one if a tag occurs twice
 */
record ImageTags(
        Orientation orientation, boolean isYcck, long profileBytes, long picturePixels, Map<Integer, Long> numbers) {

    private static final int INK_SET = 332;

    static ImageTags of(ImageFormat format, byte[] file) {
        Found found = new Found();
        try {
            found.read(format, file);
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            // What was found before is what other programs use, too.
        }
        return new ImageTags(
                found.orientation, found.isYcck, found.profileBytes, found.picturePixels, Map.copyOf(found.numbers));
    }

    /** Returns whether a TIFF file has kinds of L*a*b* (CIE, ICC, ITU), or other inks than cyan, magenta, yellow, black. */
    boolean areOtherColors() {
        long interpretation = number(ExifDirectoryBase.TAG_PHOTOMETRIC_INTERPRETATION, 0);
        return (interpretation >= 8 && interpretation <= 10) || (interpretation == 5 && number(INK_SET, 1) != 1);
    }

    /** Returns whether a TIFF file is compressed as a fax, which knows only black and white (TIFF 6.0, 10 and 11). */
    boolean isFax() {
        long compression = number(ExifDirectoryBase.TAG_COMPRESSION, 1);
        return compression >= 2 && compression <= 4;
    }

    /** Returns how many pixels a tile of a TIFF file has. */
    long tilePixels() {
        return number(ExifDirectoryBase.TAG_TILE_WIDTH, 1) * number(ExifDirectoryBase.TAG_TILE_LENGTH, 1);
    }

    private long number(int tag, long standard) {
        return numbers.getOrDefault(tag, standard);
    }

    /** Collects while it reads. */
    private static final class Found {

        private static final String ICC_PREAMBLE = "ICC_PROFILE\0\1?";

        /** Index in the Adobe segment of a JPEG file of the color transform, and its value for luma, chroma, black. */
        private static final int ADOBE_TRANSFORM = 11;

        private static final int YCCK = 2;

        private Orientation orientation = Orientation.UPRIGHT;
        private boolean isYcck;
        private long profileBytes;
        private long picturePixels;
        private final Map<Integer, Long> numbers = new HashMap<>();

        private void read(ImageFormat format, byte[] file) throws ImageProcessingException, IOException {
            SequentialByteArrayReader reader = new SequentialByteArrayReader(file);
            switch (format) {
                case JPEG ->
                    read(JpegSegmentReader.readSegments(
                            reader, List.of(JpegSegmentType.APP1, JpegSegmentType.APP2, JpegSegmentType.APPE)));
                case PNG -> {
                    for (PngChunk chunk : new PngChunkReader().extract(reader, Set.of(PngChunkType.eXIf))) {
                        readExif(chunk.getBytes());
                    }
                }
                case WEBP -> new RiffReader().processRiff(reader, new Chunks());
                case TIFF -> readExif(file);
                case GIF, BMP -> {}
            }
        }

        private void read(JpegSegmentData segments) throws ImageProcessingException, IOException {
            byte[] adobe = segments.getSegment(JpegSegmentType.APPE);
            isYcck = adobe != null && adobe.length > ADOBE_TRANSFORM && adobe[ADOBE_TRANSFORM] == YCCK;
            for (byte[] segment : segments.getSegments(JpegSegmentType.APP2)) {
                readProfile(segment, ICC_PREAMBLE.length());
            }
            for (byte[] segment : segments.getSegments(JpegSegmentType.APP1)) {
                if (ExifReader.startsWithJpegExifPreamble(segment)) {
                    readExif(segment);
                }
            }
        }

        private void readExif(byte[] exif) throws ImageProcessingException, IOException {
            int start = ExifReader.startsWithJpegExifPreamble(exif) ? ExifReader.JPEG_SEGMENT_PREAMBLE.length() : 0;
            new TiffReader().processTiff(new ByteArrayReader(exif, start), new FirstDirectory(), 0);
        }

        /** Reads the first field of a profile (ICC.1:2022, 7.2.2); in a part of a divided one it has another meaning. */
        private void readProfile(byte[] content, int start) {
            if (content.length >= start + Integer.BYTES) {
                profileBytes = Math.max(
                        profileBytes,
                        Integer.toUnsignedLong(ByteBuffer.wrap(content).getInt(start)));
            }
        }

        private final class FirstDirectory extends DirectoryTiffHandler {

            FirstDirectory() {
                super(new Metadata(), null);
            }

            @Override
            public boolean customProcessTag(
                    int at, Set<Integer> processed, int header, RandomAccessReader reader, int tag, int byteCount)
                    throws IOException {
                switch (tag) {
                    case ExifDirectoryBase.TAG_ORIENTATION -> orientation = Orientation.of(reader.getUInt16(at));
                    case ExifDirectoryBase.TAG_INTER_COLOR_PROFILE -> readProfile(reader.getBytes(at, byteCount), 0);
                    case ExifDirectoryBase.TAG_COMPRESSION,
                            ExifDirectoryBase.TAG_PHOTOMETRIC_INTERPRETATION,
                            ExifDirectoryBase.TAG_TILE_WIDTH,
                            ExifDirectoryBase.TAG_TILE_LENGTH,
                            INK_SET -> numbers.merge(tag, number(reader, at, byteCount), Math::max);
                    default -> {}
                }
                return true;
            }

            private static long number(RandomAccessReader reader, int at, int byteCount) throws IOException {
                return switch (byteCount) {
                    case Byte.BYTES -> reader.getUInt8(at);
                    case Short.BYTES -> reader.getUInt16(at);
                    default -> reader.getUInt32(at);
                };
            }

            @Override
            public void setTiffMarker(int marker) {}

            @Override
            public boolean tryEnterSubIfd(int tag) {
                return false;
            }

            @Override
            public boolean hasFollowerIfd() {
                return false;
            }

            @Override
            public @Nullable Long tryCustomProcessFormat(int tag, int format, long count) {
                return null;
            }
        }

        /** Reads the chunks of a WebP, and those of the first frame of an animated one (RFC 9649, 2.7). */
        private final class Chunks implements RiffHandler {

            private static final Set<String> WANTED = Set.of("EXIF", "ICCP", "VP8 ", "VP8L", "ALPH", "ANMF");
            private static final int FRAME_HEADER = 16;
            private static final int FOURTEEN_BITS = 0x3fff;

            private final Set<String> seen = new HashSet<>();

            @Override
            public boolean shouldAcceptRiffIdentifier(String identifier) {
                return true;
            }

            @Override
            public boolean shouldAcceptChunk(String name) {
                return WANTED.contains(name);
            }

            @Override
            public boolean shouldAcceptList(String name) {
                return false;
            }

            @Override
            public void processChunk(String name, byte[] content) {
                boolean first = seen.add(name);
                ByteBuffer numbers = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
                try {
                    switch (name) {
                        case "ICCP" -> readProfile(content, 0);
                        case "EXIF" -> readExif(content);
                        case "VP8 " ->
                            add(first, numbers.getShort(6) & FOURTEEN_BITS, numbers.getShort(8) & FOURTEEN_BITS);
                        case "VP8L" -> {
                            int size = numbers.getInt(1);
                            add(first, 1 + (size & FOURTEEN_BITS), 1 + (size >> 14 & FOURTEEN_BITS));
                        }
                        case "ANMF" -> {
                            if (first) {
                                SequentialByteArrayReader frame = new SequentialByteArrayReader(content, FRAME_HEADER);
                                frame.setMotorolaByteOrder(false);
                                new RiffReader().processChunks(frame, content.length, this);
                            }
                        }
                        default -> add(first, 0, 0);
                    }
                } catch (ImageProcessingException | IOException e) {
                    addError(e.toString());
                }
            }

            /** A reader decodes all pictures, one over the other. */
            private void add(boolean first, long width, long height) {
                picturePixels = first ? Math.max(picturePixels, width * height) : Long.MAX_VALUE;
            }

            @Override
            public void addError(String message) {
                // Damaged metadata does not make the image unreadable.
            }
        }
    }

    /** How stored lines are read to show an image upright (EXIF 2.32, 4.6.4 A, tag 0x0112): from 1, upright, to 8. */
    record Orientation(int code) {

        static final Orientation UPRIGHT = new Orientation(1);

        /** Returns the orientation of a code from a file; upright if it is none of the eight codes. */
        static Orientation of(int code) {
            return code >= 1 && code <= 8 ? new Orientation(code) : UPRIGHT;
        }

        /** Returns whether the rows of the upright image are columns of the stored one. */
        boolean isTransposed() {
            return code >= 5;
        }

        /** Returns whether each row is stored from its end. */
        boolean isRowReversed() {
            return code == 2 || code == 3 || code == 6 || code == 7;
        }

        /** Returns whether the last row is stored first. */
        boolean isColumnReversed() {
            return code == 3 || code == 4 || code == 7 || code == 8;
        }
    }
}
