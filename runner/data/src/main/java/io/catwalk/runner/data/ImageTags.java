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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the metadata of a file that affects its pixels: how the camera was held, how its inks are coded, and sizes that
 * a decoder would trust. Damaged metadata, and what follows it, is ignored, as other programs do.
 */
final class ImageTags {

    private static final String ICC_PREAMBLE = "ICC_PROFILE\0\1?";

    /** Index in the Adobe segment of a JPEG file of the color transform, and its value for luma, chroma, black. */
    private static final int ADOBE_TRANSFORM = 11;

    private static final int YCCK = 2;

    /** The first and the last photometric interpretation of a TIFF file that is a kind of L*a*b*: CIE, ICC, ITU. */
    private static final int CIE_LAB = 8;

    private static final int ITU_LAB = 10;

    Orientation orientation = Orientation.UPRIGHT;

    /** Whether the first three of four components of a JPEG file are luma and chroma. */
    boolean isYcck;

    /** How many bytes a color profile claims to have, which a decoder allocates although it is not used. */
    long profileBytes;

    /** Whether the samples of a TIFF file are lightness and two color axes. */
    boolean isLab;

    /** How many pixels a tile of a TIFF file has. */
    long tilePixels = 1;

    /** The most pixels of a picture within a WebP; more than any picture has if there is one twice. */
    long picturePixels;

    private ImageTags() {}

    static ImageTags of(ImageFormat format, byte[] file) {
        ImageTags tags = new ImageTags();
        try {
            SequentialByteArrayReader reader = new SequentialByteArrayReader(file);
            switch (format) {
                case JPEG ->
                    tags.read(JpegSegmentReader.readSegments(
                            reader, List.of(JpegSegmentType.APP1, JpegSegmentType.APP2, JpegSegmentType.APPE)));
                case PNG -> {
                    for (PngChunk chunk : new PngChunkReader().extract(reader, Set.of(PngChunkType.eXIf))) {
                        tags.readExif(chunk.getBytes());
                    }
                }
                case WEBP -> new RiffReader().processRiff(reader, tags.new Chunks());
                case TIFF -> tags.readExif(file);
                case GIF, BMP -> {}
            }
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            return tags;
        }
        return tags;
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
                case ExifDirectoryBase.TAG_PHOTOMETRIC_INTERPRETATION -> {
                    long interpretation = number(reader, at, byteCount);
                    isLab = interpretation >= CIE_LAB && interpretation <= ITU_LAB;
                }
                case ExifDirectoryBase.TAG_TILE_WIDTH, ExifDirectoryBase.TAG_TILE_LENGTH ->
                    tilePixels *= number(reader, at, byteCount);
                case ExifDirectoryBase.TAG_INTER_COLOR_PROFILE -> readProfile(reader.getBytes(at, byteCount), 0);
                default -> {}
            }
            return true;
        }

        private static long number(RandomAccessReader reader, int at, int byteCount) throws IOException {
            return byteCount == Short.BYTES ? reader.getUInt16(at) : reader.getUInt32(at);
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
                    case "VP8 " -> add(first, numbers.getShort(6) & FOURTEEN_BITS, numbers.getShort(8) & FOURTEEN_BITS);
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

    /** How stored lines are read to show an image upright (EXIF 2.32, 4.6.4 A, tag 0x0112): from 1, upright, to 8. */
    record Orientation(int code) {

        static final Orientation UPRIGHT = new Orientation(1);

        private static final int MOST = 8;

        /** Returns the orientation of a code from a file; upright if it is none of the eight codes. */
        static Orientation of(int code) {
            return code >= 1 && code <= MOST ? new Orientation(code) : UPRIGHT;
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
