package io.catwalk.runner.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Knows the version of the plugin contract that this program provides. */
final class ApiVersion {

    private ApiVersion() {}

    /** Reads the version that the build wrote down; all modules share it. */
    static String current() {
        try (InputStream in = ApiVersion.class.getResourceAsStream("api.properties")) {
            if (in == null) {
                throw new IllegalStateException("expected api.properties beside " + ApiVersion.class.getName()
                        + ", but found none: build the program with Maven");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the version of the API", e);
        }
    }
}
