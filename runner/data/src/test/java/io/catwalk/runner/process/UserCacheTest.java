package io.catwalk.runner.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** By the XDG Base Directory Specification 0.8, https://specifications.freedesktop.org/basedir-spec/0.8/. */
@Tag("tiny")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the paths are those of Unix")
final class UserCacheTest {

    @Test
    void theVariableOfThisProgramComesFirstAndThenThatOfTheSpecificationIfItIsAbsolute() {
        requireFolder("/big", Map.of("CATWALK_CACHE", "/big", "XDG_CACHE_HOME", "/caches"));
        requireFolder("/caches/catwalk", Map.of("CATWALK_CACHE", " ", "XDG_CACHE_HOME", "/caches"));
        requireFolder("/caches/catwalk", Map.of("XDG_CACHE_HOME", "/caches", "HOME", "/home/ada"));
        requireFolder("/home/ada/.cache/catwalk", Map.of("XDG_CACHE_HOME", "caches", "HOME", "/home/ada"));
        requireFolder("/home/ada/.cache/catwalk", Map.of("HOME", "/home/ada"));
        requireFolder("/accounts/ada/.cache/catwalk", Map.of());
    }

    private static void requireFolder(String expected, Map<String, String> environment) {
        assertThat(UserCache.folder(environment, "/accounts/ada")).isEqualTo(Path.of(expected));
    }
}
