import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    kotlin("jvm") version "@kotlin@"
}

group = "@group@"
version = "@version@"
description = "@description@"

// Any JDK from 17 on compiles for Java 17, which Catwalk needs.
kotlin {
    compilerOptions {
        jvmTarget.set(JvmTarget.JVM_17)
    }
}

tasks.withType<JavaCompile>().configureEach {
    options.release.set(17)
}

repositories {
    // Catwalk's own artifacts come with the program; change the path when it moves.
    maven { url = uri("@repository@") }
    mavenCentral()
}

val arm = System.getProperty("os.arch") == "aarch64"
val platform = System.getProperty("os.name").lowercase().let {
    when {
        it.startsWith("windows") -> "win-x86_64"
        it.startsWith("mac") -> "osx-aarch64"
        else -> if (arm) "linux-aarch64" else "linux-x86_64"
    }
}

dependencies {
    // The program provides it: a plugin holds only its own classes and libraries.
    compileOnly("io.catwalk:catwalk-api:@catwalk@")
    // Gradle does not choose the native PyTorch of this machine as Maven does.
    testImplementation("io.catwalk:catwalk-testkit:@catwalk@") {
        exclude(group = "ai.djl.pytorch", module = "pytorch-native-cpu")
    }
    testRuntimeOnly("ai.djl.pytorch:pytorch-native-cpu:@pytorch@:$platform")
    testRuntimeOnly("org.junit.platform:junit-platform-launcher")
}

tasks.jar {
    manifest.attributes(
        "Plugin-Id" to project.name,
        "Plugin-Version" to project.version,
        "Plugin-Provider" to "@provider@",
        "Plugin-Description" to project.description,
        "Plugin-Requires" to ">=@api@ & <@next@",
        "Requires-DJL" to "@djl@",
    )
}

// PF4J's zip: the plugin's own files with its manifest in classes, and its libraries in lib.
val plugin by tasks.registering(Zip::class) {
    into("classes") { with(tasks.jar.get()) }
    into("lib") { from(configurations.runtimeClasspath) }
}

tasks.test {
    useJUnitPlatform()
    // ONNX Runtime reads it at its start: a build records and sends no telemetry.
    environment("ORT_DISABLE_TELEMETRY", "1")
    environment("OMP_NUM_THREADS", "1")
    // The contract has a look at the built zip.
    dependsOn(plugin)
    systemProperty("catwalk.plugin.jar", plugin.get().archiveFile.get().asFile.path)
}

tasks.assemble {
    dependsOn(plugin)
}
