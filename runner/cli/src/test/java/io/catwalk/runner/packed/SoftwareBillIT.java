package io.catwalk.runner.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials (CycloneDX) names what is packed, and nothing else. */
@Tag("long")
final class SoftwareBillIT {

    /** Package URL, as https://github.com/package-url/purl-spec says: an artifact of Maven. */
    private static final Pattern MAVEN =
            Pattern.compile("pkg:maven/[^/]+/([^@]+)@([^?]+)\\?(?:classifier=([^&]+)&)?type=jar");

    private static final Path BILL = Packed.HOME.resolve("catwalk.cdx.json");

    @BeforeEach
    void requireBill() {
        assumeTrue(Files.exists(BILL), "the bill is written with -Pci only, online: run mvn -Pci verify");
    }

    private static SortedMap<String, JsonNode> components() throws IOException {
        JsonNode bill = JsonMapper.shared().readTree(Files.readAllBytes(BILL));
        assertThat(bill.get("bomFormat").asString()).isEqualTo("CycloneDX");
        SortedMap<String, JsonNode> components = new TreeMap<>();
        for (JsonNode component : bill.get("components")) {
            components.put(jar(component.get("purl").asString()), component);
        }
        JsonNode program = bill.get("metadata").get("component");
        components.put(jar(program.get("purl").asString()), program);
        return components;
    }

    private static String jar(String address) {
        Matcher named = MAVEN.matcher(address);
        assertThat(named.matches()).as(address).isTrue();
        String classifier = named.group(3) == null ? "" : "-" + named.group(3);
        return named.group(1) + "-" + named.group(2) + classifier + ".jar";
    }

    @Test
    void itNamesTheJarsThatArePacked() throws IOException {
        SortedSet<String> packed = Packed.libraries();
        assertThat(packed).hasSizeGreaterThan(60);
        String cure = "after a change of versions, build again, online";
        assertThat(components().keySet()).as(cure).containsExactlyElementsOf(packed);
    }

    @Test
    void itsDigestsAreThoseOfTheJars() throws IOException {
        for (var component : components().entrySet()) {
            if (component.getKey().startsWith("catwalk-")) {
                continue; // packed after the bill is written
            }
            String digest = Sha256.of(Packed.HOME.resolve("lib").resolve(component.getKey()));
            String hashes = component.getValue().get("hashes").toString();
            assertThat(hashes).as(component.getKey()).contains(digest);
        }
    }
}
