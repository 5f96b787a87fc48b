package io.catwalk.runner.data;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Passes the bytes of a file to a decoder, without the copies and the disk cache of other streams. A decoder that does
 * not stop at the end of a file, such as that of WebP, is stopped: it would fill, pixel by pixel, the size in the
 * header.
 */
final class FileBytes extends ImageInputStreamImpl {

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
