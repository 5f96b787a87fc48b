package com.example;

import io.catwalk.testkit.ClassifierContract;

final class OwnBuildTest extends ClassifierContract {

    OwnBuildTest() {
        super(new OwnBuild());
    }
}
