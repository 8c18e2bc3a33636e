package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.cli.StubController.Result;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceVerbsTest {
  private static final String GONE =
      "{'name':'plant-b','place':'https://git.example/b.git, branch main','state':'PROBLEM','lookedAt':'2026-01-01T00:00:00Z','problem':{'code':'SOURCE_UNREADABLE','message':'https://git.example/b.git, branch main: git says: repository not found','hint':'is it there?','details':[]},'units':[],'drift':[]}";
  private static final String BROKEN =
      "{'name':'plant-c','place':'directory /m','state':'PROBLEM','revision':'0123456789abcdef','problem':{'code':'INVALID_MANIFEST','message':'revision 0123456789ab is wrong in one place','hint':'correct it there','details':[{'file':'a/pump.yaml','line':8,'column':1,'message':'unknown key'}]},'units':[{'unit':'app/pump','path':'a/pump.yaml','problem':{'code':'CONFLICT','message':'the preflight fails on 1 of 2 devices','hint':'mend it','details':[{'file':'gw-1','line':0,'column':0,'message':'no disk'}]}}],'drift':[{'device':'gw-2','app':'pump','wants':'pump@1','runs':'pump@2','underWay':false}]}";

  private StubController controller;

  @BeforeEach
  void start() throws IOException {
    controller = new StubController();
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void listsSourcesAndWhatIsWrongWithThem() {
    controller.on("GET /api/v1/sources", 200, "[" + GONE + "," + BROKEN + "]");

    Result result = controller.run("get", "sources");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out().lines())
        .containsExactly(
            "NAME      STATE     REVISION       UNITS   DRIFT   LOOKED AT              PLACE",
            "plant-b   PROBLEM   -              0       0       2026-01-01T00:00:00Z   https://git.example/b.git, branch main",
            "plant-c   PROBLEM   0123456789ab   1       1       never                  directory /m",
            "plant-b: https://git.example/b.git, branch main: git says: repository not found",
            "  hint: is it there?",
            "plant-c: revision 0123456789ab is wrong in one place",
            "  a/pump.yaml:8:1: unknown key",
            "  hint: correct it there",
            "plant-c: app pump: the preflight fails on 1 of 2 devices",
            "  gw-1: no disk",
            "  hint: mend it");
    assertThat(controller.run("get", "sources", "-o", "json").out()).contains("\"plant-b\"");
  }

  @Test
  void describesOne() {
    controller.on("GET /api/v1/sources/plant-c", 200, BROKEN);

    assertThat(controller.run("describe", "source", "plant-c").out())
        .contains("state: PROBLEM")
        .contains("- device: gw-2")
        .contains("wants: pump@1");
  }
}
