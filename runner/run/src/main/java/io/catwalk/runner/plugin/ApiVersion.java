package io.catwalk.runner.plugin;

import io.catwalk.api.Recipe;
import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pf4j.DefaultVersionManager;

/** Reads the versions that plugins are checked against; the build records them. */
final class ApiVersion {

    private static final Properties VERSIONS = PackedFiles.properties(ApiVersion.class, "api.properties");

    /** The version of the plugin contract that this program provides. */
    static final String CURRENT = VERSIONS.getProperty("version");

    /** The version of DJL, whose types the contract uses. */
    static final String DJL = VERSIONS.getProperty("djl");

    /** The version of Catwalk, which that of its artifacts is, too. */
    static final String CATWALK = VERSIONS.getProperty("catwalk");

    /** The digest of the contract's code, on which recipes depend: builds of one version may differ. */
    static final String SHA256 = code();

    private static final Pattern SINGLE_VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

    private ApiVersion() {}

    /** Tells whether a Plugin-Requires allows this version, as PF4J reads it: a single version is the oldest suitable one. */
    static boolean fits(String requires) {
        String range = (SINGLE_VERSION.matcher(requires).matches() ? ">=" : "") + requires;
        return new DefaultVersionManager().checkVersionConstraint(CURRENT, range);
    }

    private static String code() {
        try {
            Path code = Path.of(Recipe.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Sha256 all = new Sha256();
            try (Stream<Path> files = Files.walk(code)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    all.add(Sha256.of(file));
                }
            }
            return all.hex();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("cannot read the code of the API", e);
        }
    }
}
