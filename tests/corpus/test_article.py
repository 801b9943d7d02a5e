"""The bundled article: every fact of the report it retells, in words of its own."""

import re
import unicodedata
from pathlib import Path

import pytest

from corpus import loading
from corpus.loading import load_file
from corpus.passages import structure

FOLDER = Path(loading.__file__).with_name("articles")
ORIGINAL = Path(__file__).parents[2].parent / "shared" / "data" / "article.txt"

VENDORS = """
瑞芯微 晶晨股份 乐鑫科技 全志科技 恒玄科技 中科蓝讯
高通 紫光展锐 ST意法半导体 富瀚微 炬芯科技 Meta OPPO
"""
PRODUCTS = """
RK3588 RK3576 RK356X RV11 ESP32 AR1 AR1Gen1 BES2500YP W517 STM32N6 MC6305 ATS3085
NPU MCU ISP DSP SoC AIoT Wi-Fi TWS 图像信号处理器 微控制单元 电源管理
蓝牙耳机芯片 蓝牙音箱芯片 智能穿戴芯片 无线麦克风芯片 数字音频芯片 玩具语音芯片
AIoT芯片 AI语音识别芯片 Wi-Fi芯片 视频芯片
无线音频芯片 智能可穿戴芯片 智能家居芯片 无线连接芯片
智能音箱 智能灯泡 智能传感器 智能门锁 智能窗帘 智能摄像头 智能门铃 智能手表 智能眼镜 智能家电
汽车电子 机器人 机器视觉 工业应用 语音识别 图像识别 场景感知
"""
CUSTOMERS = """
SONY 安克创新 网易 小米 华为 海尔 TCL 创维 海信 长虹 联想 沃尔玛 亚马逊 Epson Sky
宝马 林肯 Jeep 沃尔沃 飞利浦 LG 360 海康威视 三星 荣耀 vivo 哈曼 漫步者 韶音
阿里 百度 字节跳动 谷歌 格力 realme真我 万魔 倍思 Anker 腾讯QQ音乐 传音 魅蓝 NOKIA
摩托罗拉 铁三角 喜马拉雅 boAt Noise 科大讯飞
"""
FIGURES = """
43.87亿元 44.27亿元 39.88% 41.15% 10.23亿元 11.03亿元 71.97% 85.42%
9.93亿元 10.73亿元 84.44% 99.3% 2.51亿元 2.95亿元 50.53% 76.92%
2.1亿元 2.55亿元 81.28% 120.12% 18.30亿元 18.50亿元 0.60% 1.70%
2.20亿元 2.40亿元 9.89% 70.9% 59% 21% 6% 7% 97.4% 10亿颗 4nm 四小时 550万台 5G-A
1月26日 1月20日 1月7日 2023年 2024年 2025年 2025年上半年
全球第四 全球第二 中国大陆第一 三大 十大 弗若斯特沙利文 六小龙 端侧AI元年
"""
FACTS = [*VENDORS.split(), *PRODUCTS.split(), *CUSTOMERS.split(), *FIGURES.split()]

LONGEST_SHARED = 16
"""A run this long is a copy, unless it lists names or figures."""
MOST_PROSE = 8
"""Characters of other words between the names and figures of a list."""


@pytest.fixture(scope="module")
def article() -> str:
    (path,) = FOLDER.glob("*.md")
    return load_file(path).text


def squeeze(text: str) -> str:
    """`text` without white space and without regard to the width of its punctuation."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("fact", FACTS)
def test_no_fact_is_missing(fact: str, article: str) -> None:
    assert fact in squeeze(article)


def test_its_headings_name_the_vendors(article: str) -> None:
    (path,) = FOLDER.glob("*.md")
    paths = [" ".join(section.path) for section in structure(load_file(path)).sections]
    for vendor in VENDORS.split()[:6]:
        assert any(vendor in path for path in paths)
    assert load_file(path).title in paths[0]


def shared_runs(text: str, original: str) -> list[str]:
    """The longest runs of at least `LONGEST_SHARED` characters that both texts have."""
    runs = []
    at = 0
    while at + LONGEST_SHARED <= len(text):
        length = LONGEST_SHARED
        if text[at : at + length] not in original:
            at += 1
            continue
        while at + length < len(text) and text[at : at + length + 1] in original:
            length += 1
        runs.append(text[at : at + length])
        at += length
    return runs


def prose(run: str) -> str:
    """What a run says besides names, figures and punctuation."""
    names = sorted(FACTS, key=len, reverse=True)
    rest = re.sub("|".join(re.escape(name) for name in names), "", run)
    return re.sub(r"[\d\W]", "", rest)


def test_the_comparison_finds_copies() -> None:
    copied = "这一整句话是从原来的文章里抄写过来的。"
    assert shared_runs(f"甲{copied}乙", f"丙{copied}丁") == [copied]
    assert len(prose(copied)) > MOST_PROSE
    assert len(prose("三星、OPPO、小米、荣耀、vivo等10.23亿元至11.03亿元")) < MOST_PROSE


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the report it retells is not beside this folder")
def test_no_sentence_is_copied(article: str) -> None:
    original = squeeze(ORIGINAL.read_text("utf-8"))
    copied = [
        run for run in shared_runs(squeeze(article), original) if len(prose(run)) >= MOST_PROSE
    ]
    assert copied == []


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the report it retells is not beside this folder")
def test_the_facts_are_the_reports(article: str) -> None:
    original = ORIGINAL.read_text("utf-8")
    figure = re.compile(r"\d+(?:\.\d+)?(?:亿元|%|亿颗|万台|nm)")
    part_number = re.compile(r"[A-Z]+\d[A-Za-z\d]*", re.ASCII)
    assert set(figure.findall(original)) == set(figure.findall(article))
    assert set(part_number.findall(original)) <= set(part_number.findall(article))
