package io.catwalk.runner.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Java says of a machine; what the file of PyTorch and the folder in the jar of ONNX Runtime are called. */
@Tag("tiny")
final class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x86_64, linux-x64",
        "Linux, aarch64, linux-aarch64, linux-aarch64",
        "Mac OS X, aarch64, osx-aarch64, osx-aarch64",
        "Windows 11, amd64, win-x86_64, win-x64"
    })
    void platformsAreCalledAsTheLibrariesCallThem(
            String name, String architecture, String pytorch, String onnxRuntime) {
        Platform platform = Platform.of(name, architecture);

        assertThat(platform).hasToString(pytorch);
        assertThat(platform.ofOnnxRuntime()).isEqualTo(onnxRuntime);
        assertThat(platform.isTried()).isEqualTo(pytorch.equals("linux-x86_64"));
    }
}
