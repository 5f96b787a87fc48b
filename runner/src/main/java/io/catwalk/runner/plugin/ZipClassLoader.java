package io.catwalk.runner.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/**
 * Loads the classes of a plugin's zip: its own from {@code classes/}, those of its libraries from the jars inside.
 * Nothing is unpacked to disk, where it could be changed, and nothing is shared with another plugin.
 */
final class ZipClassLoader extends PluginClassLoader {

    private final Map<String, Map<String, byte[]>> libraries;

    /**
     * Reads the libraries.
     *
     * @throws IOException if the zip cannot be read
     */
    ZipClassLoader(PluginManager manager, PluginDescriptor descriptor, Path path) throws IOException {
        super(manager, descriptor, ZipClassLoader.class.getClassLoader());
        try (ZipFile zip = new ZipFile(path.toFile())) {
            libraries = PluginZip.libraries(zip);
        }
        addURL(new URL("jar:" + path.toUri() + "!/" + PluginZip.OWN));
    }

    @Override
    protected boolean shouldDelegateToParent(String className) {
        return SharedClasses.contains(className);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try {
            return super.findClass(name);
        } catch (ClassNotFoundException e) {
            for (Map<String, byte[]> files : libraries.values()) {
                byte[] code = files.get(name.replace('.', '/') + ".class");
                if (code != null) {
                    return defineClass(name, code, 0, code.length);
                }
            }
            throw e;
        }
    }

    @Override
    public @Nullable URL findResource(String name) {
        URL own = super.findResource(name);
        return own != null ? own : ofLibraries(name).stream().findFirst().orElse(null);
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        List<URL> all = Collections.list(super.findResources(name));
        all.addAll(ofLibraries(name));
        return Collections.enumeration(all);
    }

    private List<URL> ofLibraries(String name) {
        List<URL> found = new ArrayList<>();
        libraries.forEach((library, files) -> {
            byte[] content = files.get(name);
            if (content != null) {
                found.add(inMemory(library + "!/" + name, content));
            }
        });
        return found;
    }

    private static URL inMemory(String path, byte[] content) {
        try {
            return new URL("memory", "", -1, path, new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) {
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
            });
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
