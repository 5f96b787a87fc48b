package io.catwalk.testkit.contract;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLDecoder;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Opens the files of a library in memory, by addresses such as {@code memory:/lib/maths.jar!/maths/size.txt}. */
final class LibraryHandler extends URLStreamHandler {

    private final String root;
    private final Map<String, byte[]> files;

    private LibraryHandler(String root, Map<String, byte[]> files) {
        this.root = root;
        this.files = files;
    }

    /**
     * Returns the address of a library, for the class path of a loader; the addresses of its files are relative to it.
     *
     * @param library name such as {@code lib/maths.jar}
     * @param files path to content
     */
    static URL url(String library, Map<String, byte[]> files) {
        String root = "/" + library + "!/";
        try {
            // A URI escapes what the name of a file may contain and an address may not.
            String path = new URI(null, null, root, null).getRawPath();
            return new URL("memory", "", -1, path, new LibraryHandler(root, files));
        } catch (MalformedURLException | URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    protected URLConnection openConnection(URL url) throws FileNotFoundException {
        // Class loaders escape the names of files, but leave a plus sign as it is.
        String path = URLDecoder.decode(url.getPath().replace("+", "%2B"), StandardCharsets.UTF_8);
        byte[] content = path.startsWith(root) ? files.get(path.substring(root.length())) : null;
        if (content == null) {
            throw new FileNotFoundException(url.toString());
        }
        return connection(url, content);
    }

    private static URLConnection connection(URL url, byte[] content) {
        return new URLConnection(url) {
            @Override
            public void connect() {
                connected = true;
            }

            @Override
            public int getContentLength() {
                return content.length;
            }

            @Override
            public InputStream getInputStream() {
                return new ByteArrayInputStream(content);
            }
        };
    }
}
