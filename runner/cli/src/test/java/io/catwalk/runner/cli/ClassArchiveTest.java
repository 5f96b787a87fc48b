package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script of the build that makes the class archive, with a fake program and a fake Java. */
@Tag("tiny")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the shell script")
final class ClassArchiveTest {

    /** Takes the options apart as the launcher does, and writes the list of classes that Java 20 and newer would write. */
    private static final String PROGRAM = """
            #!/bin/sh
            [ "$1" != train ] || [ $# = 13 ] || { echo "words: $*"; exit 1; }
            for option in $CATWALK_OPTS; do
              case $option in
                -XX:DumpLoadedClassList=*%p.classes)
                  {
                    echo 'java/lang/Object id: 0'
                    echo "loaded/by/$1 id: $$"
                    echo "of/a/plugin id: $(($$ + 1)) super: 0 source: plugin.jar"
                  } >"$(dirname "${option#*=}")/$$.classes"
                  ;;
                -Dcatwalk.cache=*) ;;
                *) echo "no option: $option"; exit 1 ;;
              esac
            done
            """;

    private static final String JAVA = """
            #!/bin/sh
            for option; do
              case $option in
                -XX:SharedClassListFile=*) list=${option#*=} ;;
                -XX:SharedArchiveFile=*) cat "$list" >"${option#*=}" ;;
              esac
            done
            """;

    @TempDir
    private Path folder;

    @Test
    void itIsMadeInAFolderWithBlanks() throws Exception {
        Path target = Files.createDirectory(folder.resolve("a check out")).toRealPath();
        Path home = target.resolve("catwalk-9.9.9");
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectory(home.resolve("lib"));
        Files.createDirectory(target.resolve("plugins"));
        Catwalk.script(home.resolve("bin/catwalk"), PROGRAM);
        Path java = Files.createDirectories(target.resolve("jdk/bin")).resolve("java");
        Catwalk.script(java, JAVA);
        ProcessBuilder builder = new ProcessBuilder(
                "src/main/archive/make",
                home.toString(),
                target.resolve("plugins").toString(),
                target.resolve("archive").toString());
        builder.environment().put("JAVA_HOME", target.resolve("jdk").toString());

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).as("%s", answer).isZero();
        assertThat(home.resolve("lib/catwalk.jsa")).hasContent("java/lang/Object\nloaded/by/list\nloaded/by/train\n");
        assertThat(home.resolve("lib/catwalk.jsa.for")).hasContent(java + "\n" + home + "\n");
        assertThat(target.resolve("archive")).doesNotExist();
    }
}
