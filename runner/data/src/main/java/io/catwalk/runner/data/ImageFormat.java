package io.catwalk.runner.data;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/** Lists the supported image formats. Each has one reader, whatever else is on the class path. */
enum ImageFormat {
    PNG("PNG", "\\x89PNG\\r\\n\\x1a\\n", null, "png"),
    JPEG("JPEG", "\\xff\\xd8\\xff", JPEGImageReaderSpi.class, "jpe?g|jpe|jfif"),
    GIF("GIF", "GIF8[79]a", null, "gif"),
    BMP("BMP", "BM", null, "bmp|dib"),
    TIFF("TIFF", "II\\*\\x00|MM\\x00\\*", TIFFImageReaderSpi.class, "tiff?"),
    WEBP("WebP", "RIFF.{4}WEBP", WebPImageReaderSpi.class, "webp");

    private static final int LONGEST_START = 12;

    /** Photos of many telephones; there is no free decoder in Java (ISO/IEC 23008-12 and AVIF, brands of a file). */
    private static final Pattern HEIC_START =
            Pattern.compile(".{4}ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1|avi[fs])", Pattern.DOTALL);

    private static final Pattern HEIC_ENDING = Pattern.compile("hei[cf]s?|hif|avif");

    private final String title;
    private final Pattern start;
    private final @Nullable Class<? extends ImageReaderSpi> provider;
    private final Pattern ending;

    /**
     * @param start the first bytes of such a file, as a pattern on Latin-1
     * @param provider makes readers; null for that of the JDK
     */
    ImageFormat(String title, String start, @Nullable Class<? extends ImageReaderSpi> provider, String ending) {
        this.title = title;
        this.start = Pattern.compile(start, Pattern.DOTALL);
        this.provider = provider;
        this.ending = Pattern.compile(ending);
    }

    /** Returns the names of all formats, for display. */
    static String titles() {
        List<String> all = Stream.of(values()).map(format -> format.title).toList();
        return String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.get(all.size() - 1);
    }

    /** Returns whether a file is named as an image, in any letter case. */
    static boolean isNamedSo(String fileName) {
        return Stream.of(values()).anyMatch(format -> endsWith(fileName, format.ending));
    }

    /** Returns whether a file is named as a photo in HEIC or AVIF, which are not supported. */
    static boolean isNamedAsHeic(String fileName) {
        return endsWith(fileName, HEIC_ENDING);
    }

    private static boolean endsWith(String fileName, Pattern ending) {
        int dot = fileName.lastIndexOf('.');
        return dot > 0
                && ending.matcher(fileName.substring(dot + 1).toLowerCase(Locale.ROOT))
                        .matches();
    }

    /** Returns whether a file is a photo in HEIC or AVIF, by its first bytes. */
    static boolean isHeic(byte[] file) {
        return HEIC_START.matcher(start(file)).lookingAt();
    }

    private static String start(byte[] file) {
        return new String(file, 0, Math.min(LONGEST_START, file.length), StandardCharsets.ISO_8859_1);
    }

    /** Recognizes the format by the first bytes of a file; the name does not matter. */
    static Optional<ImageFormat> of(byte[] file) {
        String first = start(file);
        return Stream.of(values())
                .filter(format -> format.start.matcher(first).lookingAt())
                .findFirst();
    }

    /** Creates a reader, which the caller must dispose of. */
    ImageReader reader() throws IOException {
        return provider == null
                ? ImageIO.getImageReadersByFormatName(title).next()
                : IIORegistry.getDefaultInstance()
                        .getServiceProviderByClass(provider)
                        .createReaderInstance();
    }

    String title() {
        return title;
    }
}
