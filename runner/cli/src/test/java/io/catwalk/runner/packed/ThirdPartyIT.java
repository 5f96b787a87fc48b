package io.catwalk.runner.packed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whatever is packed has its licence named, and the text of the licence packed with it. */
final class ThirdPartyIT {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `[^`:]+:([^`]+)` \\| ([^|]+) \\| [^|]+ \\|$");

    private static SortedMap<String, String> licences() throws IOException {
        return ROW.matcher(Files.readString(Packed.HOME.resolve("THIRD-PARTY.md")))
                .results()
                .collect(Collectors.toMap(
                        (MatchResult row) -> row.group(1), row -> row.group(2), (one, two) -> one, TreeMap::new));
    }

    private static String artifact(String jar) {
        return jar.replaceFirst("-[0-9].*", "");
    }

    @Test
    void eachJarHasARowAndEachRowAJar() throws IOException {
        assertThat(Packed.libraries().stream().map(ThirdPartyIT::artifact).filter(name -> !name.startsWith("catwalk-")))
                .hasSizeGreaterThan(60)
                .containsExactlyInAnyOrderElementsOf(licences().keySet());
    }

    @Test
    void theTextOfEachLicenceIsPacked() throws IOException {
        for (String licence : licences().values()) {
            Path text = Packed.HOME.resolve(licence.equals("Apache-2.0") ? "LICENSE" : "licenses/" + licence + ".txt");
            assertThat(text).isNotEmptyFile();
        }
        assertThat(Packed.HOME.resolve("NOTICE")).isNotEmptyFile();
    }
}
