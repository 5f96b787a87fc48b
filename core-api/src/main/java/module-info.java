/** The contract of a plugin: a classifier, its network, and how it is trained. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // DJL and PF4J name their modules in no descriptor
module io.catwalk.api {
    requires transitive ai.djl.api;
    requires transitive pf4j;
    requires static transitive org.jspecify;

    exports io.catwalk.api;
}
