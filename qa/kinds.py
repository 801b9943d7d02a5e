"""What kind of answer a question expects, and what such an answer looks like in a text.

Two tables: how questions ask, and what evidence must show. Both are matched against folded text.
"""

import re
from enum import Enum
from pathlib import Path

from corpus.segmentation import read_words
from qa.measures import tells_measure


class Kind(Enum):
    """The kind of answer a question expects."""

    COMPARISON = "comparison"
    SUMMARY = "summary"
    REASON = "reason"
    PERCENTAGE = "percentage"
    DATE = "date"
    DURATION = "duration"
    RANK = "rank"
    PRICE = "price"
    AMOUNT = "amount"
    COUNT = "count"
    WHICH = "which"
    PERSON = "person"
    MODEL = "model"
    PLACE = "place"
    LIST = "list"
    MANNER = "manner"
    DEFINITION = "definition"
    YES_NO = "yes_no"
    NAME = "name"
    FACT = "fact"


_SURNAMES = sorted(read_words(Path(__file__).with_name("surnames.txt")), key=len)
_SURNAME = "|".join(
    [f"[{''.join(word for word in _SURNAMES if len(word) > 2)}]"]
    + [word for word in _SURNAMES if len(word) == 2]
)
_TITLE = (
    r"总监|经理|董事长|负责人|主任|院长|店长|组长|班长|站长|厂长|队长|校长|行长|总裁|创始人|首席\w{2,3}官|"
    r"总工程师|总工|设计师|秘书|董秘|法定代表人|法人|主席|主管|ceo|cfo|cto|coo|掌门人|老板|一把手"
)
_ENGLISH_TITLE = r"chair|chief|director|manager|president|founder|head|ceo|cfo|cto|coo|in charge"
_CALLED = r"是谁|谁是|叫什么|叫啥|哪位|姓名|名字|何人|\bwho\b|\bname\b"

_MEASURE = "个家种款颗台件套位名人次条项类块步层门辆部只张页天份支座片组倍起"

_COUNTED = re.compile(r"(?:多少|(?<![哪这那前后好])几)([家种款颗台套名人次层门辆只张页天份座片组])")
_ALIKE = ("台辆架部只", "款种颗类项", "张页份片帧", "名人位户席", "座家城")
"""Measure words that count alike."""
_WHO_MORE = re.compile(
    r"(?:谁|孰|哪[一]?[个家边款种只台方])[^,，。;；]{0,10}?(?:更|多|少|大|小|高|低|短|快|慢|贵|便宜|强|弱|早|晚|重|轻|好|先|"
    r"(?<![事厂店站组班队校行院部])长)|"
    r"\b(?:which|who|whose)\b.*\b(?:more|less|better|worse|(?:larg|bigg|small|high|low|long|short|fast|cheap|"
    r"earli|heavi)er)\b(?! than \d)"
)
_DESIGNATION = re.compile(r"[a-z][a-z0-9\-]*|[0-9]+[a-z][a-z0-9]*", re.ASCII)

QUESTION_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            Kind.COMPARISON,
            r"区别|差别|差异|对比|相比|比较(?!好|高|低|大|小)|有何不同|有什么不同|有啥不一样|哪里不同|"
            r"各自|各是|各为|各有|各多少|各预计|孰|\bvs\b|\bversus\b|\bcompar|\bdiffer",
        ),
        (
            Kind.SUMMARY,
            r"总结|概括|概述|综述|归纳|介绍(?:一下|下)|(?:讲|说|聊|谈)(?:讲|说|聊|谈|一?下)|整体|"
            r"\bsummar|\boverview\b|tell me about",
        ),
        (
            Kind.REASON,
            r"为什么|为何|为啥|凭[什啥]|何以|怎么(?:会|还|就|反|不|没)|怎么回事|干[嘛吗](?!的)|图[什啥]|"
            r"原因|缘故|靠的?是?什么|凭借的?是?什么|得益于什么|"
            r"难在哪|主要靠|什么好处|\bwhy\b|\breasons?\b|\bcauses?\b",
        ),
        (Kind.WHICH, r"哪几家|哪[两三四五六]家|哪些(?:公司|企业|厂商|厂家|品牌|机构)"),
        (
            Kind.PERCENTAGE,
            r"百分之|百分比|占比|比例|比重|增速|增幅|增长率|降幅|跌幅|毛利率|利率|税率|折扣|"
            r"占.{0,12}(?:多少|几成|多大)|同比.{0,8}(?:多少|几)|cagr.{0,6}(?:多少|几|是)|"
            r"(?:份额|市占率).{0,6}多[少大]|what percent|percentage|\bcagr\b|growth rate|"
            r"what (?:share|proportion)|market share",
        ),
        (
            Kind.DATE,
            r"什么时候|何时|哪一?天|哪一?年|哪个?月|几月|(?<!分机是)(?<!号码是)(?<!热线是)(?<!专线是)几号|几点|哪个?季度|日期|什么时间|"
            r"截止.{0,4}(?:时间|到)|时间是|^(?:(?:and|so|since|by|until|but) )?when\b|"
            r"\bwhen (?:did|does|do|is|was|were|will|can)\b|what (?:date|day|year|time)|which year",
        ),
        (
            Kind.DURATION,
            r"多久|多长时间|(?<![那这哪前后头])几个?(?:小时|分钟|天|个月|年|周|工作日)(?!制)|多少(?:小时|分钟|天|个?月|年|周)|"
            r"\bhow long\b|how many (?:hours|days|months|years|weeks|minutes)",
        ),
        (
            Kind.PERSON,
            rf"(?:{_TITLE})(?:的?(?:{_CALLED})|.{{0,4}}(?:{_CALLED}))|(?:谁是|哪位是|谁任|谁担任).{{0,12}}(?:{_TITLE})|"
            rf"\bwho\b.{{0,40}}\b(?:{_ENGLISH_TITLE})|\bname\b.{{0,20}}\b(?:{_ENGLISH_TITLE})",
        ),
        (Kind.RANK, r"第几|排名(?!是谁)|名次|排行|\brank"),
        (
            Kind.PRICE,
            r"多少钱|价格|售价|单价|报价|卖价|定价|几块钱|贵不贵|"
            r"\bhow much (?:does .{1,40} cost|is )|"
            r"\bprice",
        ),
        (
            Kind.AMOUNT,
            r"多少(?:亿|万|元|美元|人民币)|几亿|几万|金额|(?:营收|收入|利润|营业额|销售额|生意额|"
            r"补贴|津贴|限额|额度|上限|预算|费用|成本|奖金|工资|市场规模).{0,14}(?:多少|几何|是什么水平)|"
            r"业绩(?:如何|怎么?样|好不好|表现|对比|比较|情况|[?？。]*$)|"
            r"how much|\brevenue\b.*(?:forecast|guidance)|(?:forecast|guidance).*\brevenue\b|"
            r"net profit",
        ),
        (
            Kind.COUNT,
            rf"多少[{_MEASURE}]|(?<![哪这那前后好])几[{_MEASURE}]|有多少|多少|数量|"
            r"\bhow many\b|number of",
        ),
        (
            Kind.WHICH,
            r"哪一?家|哪几家|哪两家|哪些(?:公司|企业|厂|品牌|机构|部门|单位|人)|谁家|哪个(?:公司|企业|厂商|厂|部门)|"
            r"(?:公司|企业|厂商|厂家|品牌|机构)(?:都|主要|一共|分别)?(?:有|是|包括)(?:谁|哪[些几两三四五六])|"
            r"什么(?:公司|厂商|企业)|which (?:\w+ )?(?:of the|vendor|compan|firm|department)|"
            r"谁(?:的|在|是|最|有|家|先|能|可以|负责|审批|给)|^谁|是谁|\bwho\b",
        ),
        (
            Kind.MODEL,
            r"型号|哪一?[款颗](?!产品)|什么(?:芯片|型号|机型|方案)|"
            r"which (?:chip|model|processor|soc)",
        ),
        (Kind.PLACE, r"哪里|哪儿|在何处|什么地方|地点|\bwhere\b"),
        (
            Kind.LIST,
            r"哪些|哪几|有什么|有啥|分别|列出|列举|列一?[下列]|名单|清单|包括什么|都有谁|什么东西|几大类|几类|"
            r"哪[两三四五六七八九十]|都(?:有|集成|包括|卖给)|\blist\b|\bwhat are\b|"
            r"which (?:\w+ ){0,6}(?:are|were|have)\b|which (?:\w+ )?customers|"
            r"what (?:three|two|four|five|kinds|types)|给谁|卖给了?谁|谁买",
        ),
        (Kind.MANNER, r"怎么(?!样的)|怎样|如何|咋|步骤|流程|\bhow (?:do|does|can|to|is|are|did)\b"),
        (
            Kind.DEFINITION,
            r"是什么(?:意思)?[?？。]*$|什么是|什么意思|何谓|指的是|是指什么|定义|含义|全称|"
            r"是(?:一家)?(?:什么样|怎样|做什么)|干什么的|做什么的|什么定位|什么路线|什么角色|主打什么|"
            r"\bwhat is (?:a|an|the meaning)\b|\bdefine\b|\bstands? for\b|\bmean\b",
        ),
        (
            Kind.YES_NO,
            r"吗[?？。!！]*$|是否|有没有|是不是|能不能|可不可以|会不会|带不带|要不要|需不需要|算不算|"
            r"^(?:is|are|does|do|did|can|could|will|has|have|was|were)\b",
        ),
        (Kind.NAME, r"哪(?:个|款|种|颗|类|项|份|部|本|位)|什么|啥|叫|which|what|名字|型号|谁"),
    )
)
"""How questions ask; the first pattern found decides."""

_NUMERAL = r"(?:\d[\d,.]*|[零一二两三四五六七八九十百千万亿半]+)"

_MONEY = (
    rf"{_NUMERAL}(?:余|多)?(?:亿|万|千|百)?(?:元|[美港欧日韩澳加泰]元|块|港币|英镑|人民币|卢比|兰特)|"
    r"[$¥￥€]\d"
)
_CELL = r"\| ?[\d,.]+ ?(?:\||$)"
"""A number alone in a table, whose unit stands above it."""

EVIDENCE_PATTERNS: dict[Kind, re.Pattern[str]] = {
    Kind.PERCENTAGE: re.compile(
        r"\d ?%|[百千万]分之|分之[一二三四五六七八九]|\d个?百分点|[一二三四五六七八九]成|"
        r"[一二三四五六七八九]比[一二三四五六七八九]|\d折|[一二三四五六七八九]折|percent"
    ),
    Kind.DATE: re.compile(
        r"\d{2,4}年|\d{1,2}月|\d{1,2}[日号]|\d{1,2}[:：]\d{2}|[一二三四五六七八九十]+月|"
        r"\d{1,2}[点时]|周[一二三四五六日]|星期|季度|年[初末底中]|世纪|\b(?:1\d|20)\d{2}\b|"
        r"[之当次][日天]|前\d+个?(?:分钟|小时|天|日|周|月)|\d+个月|"
        r"january|february|march|april|\bmay\b|june|july|august|september|october|november|december"
    ),
    Kind.DURATION: re.compile(
        rf"{_NUMERAL}个?(?:多)?(?:半)?(?:小时|分钟|天|日|个?月|年|周|星期|工作日|秒|学期|学年|季度)|"
        r"每[天日周月年季][^度份人]|每半?年|\d{1,2}[:：]\d{2} ?[至到\-–—~]|终身|长期|"
        r"\d+ (?:hours?|days?|months?|years?|weeks?|minutes?)"
    ),
    Kind.PERSON: re.compile(
        rf"(?:^|[^\u3400-\u9fff]|[的为是由任叫位人官长监理裁士师书记])"
        rf"(?:{_SURNAME})[\u3400-\u9fff]{{1,2}}"
        r"(?=$|[^\u3400-\u9fff]|担任|出任|预计|认为|提醒|宣布|透露|介绍|把|批准|统一|[任兼是说称表带指分主负签代接于在将曾和与及的等])|"
        rf"(?:{_TITLE})(?:为|是|由|叫|:|：)[\u3400-\u9fff]{{2,4}}(?=$|[^\u3400-\u9fff])|"
        r"[a-z]{2,}[· ][a-z]{2,}|[\u3400-\u9fff]·[\u3400-\u9fff]"
    ),
    Kind.RANK: re.compile(
        r"第[\d一二三四五六七八九十]+|首位|榜首|冠军|\b\d+(?:st|nd|rd|th)\b|最大|最高"
    ),
    Kind.PRICE: re.compile(rf"{_MONEY}|{_CELL}|免费|[全半]价|半薪|\d ?%|[\d一二三四五六七八九]折"),
    Kind.AMOUNT: re.compile(rf"{_MONEY}|{_CELL}|\d ?%|[一二三四五六七八九]成|分之[一二三]|免费"),
    Kind.REASON: re.compile(
        r"因|由于|得益|靠|凭借|随着|原因|导致|使得|为了|从而|推动|支撑|影响|所以|源于|来自|取决|驱动|促|"
        r"缺乏|无法|难|不足|优势|依托|通过|以便|以[免防]|避免|免得|目的|旨在|有利于|带动|理由|拖累|归[结咎功]|"
        r"解释|担心|否则|看中|所致|在于|要配合|根子|怕|"
        r"because|due to|since|so that|in order"
    ),
    Kind.COUNT: re.compile(
        rf"{_NUMERAL}(?:余|多)?(?:亿|万|千|百)?[{_MEASURE}字岁米里吨克升年月日]|\d|"
        r"[一二两三四五六七八九十]"
    ),
}
"""What evidence must show for a kind, so that it can be an answer at all."""


def kind_of(folded: str) -> Kind:
    """Return the kind of answer that a folded question expects."""
    return next((kind for kind, pattern in QUESTION_PATTERNS if pattern.search(folded)), Kind.FACT)


def asks_who_more(folded: str) -> bool:
    """Tell whether a folded question asks which of several is more: 「谁更大」, 「哪家卖得多」."""
    return _WHO_MORE.search(folded) is not None


def wanted_kind(folded: str) -> Kind:
    """Return the kind that evidence must show: the question's first one that can be told by form.

    「各是多少，对比一下」 is a comparison, and what is compared are amounts.
    """
    kinds = [kind for kind, pattern in QUESTION_PATTERNS if pattern.search(folded)] or [Kind.FACT]
    return next((kind for kind in kinds if is_strict(kind)), kinds[0])


def shows(kind: Kind, folded: str, question: str, header: str = "") -> bool:
    """Tell whether a folded text, under column names, could hold an answer to a folded question.

    One of this kind, and where the question names a unit, a number of that unit.
    """
    return _has_form(kind, folded, question) and tells_measure(question, folded, header)


def _has_form(kind: Kind, folded: str, question: str) -> bool:
    if kind is Kind.MODEL:
        return has_designation(folded, question)
    if kind is Kind.COUNT and (asked := _COUNTED.search(question)):
        unit = next((each for each in _ALIKE if asked.group(1) in each), asked.group(1))
        counted = rf"{_NUMERAL}(?:余|多|几)?(?:(?:亿|万|千|百)(?!元)|[个{unit}])|\d ?%|{_CELL}"
        return bool(re.search(counted, folded))
    pattern = EVIDENCE_PATTERNS.get(kind)
    return pattern is None or bool(pattern.search(folded))


def has_designation(folded: str, question: str) -> bool:
    """Tell whether a text has a Latin name or part number that the question has not."""
    return bool(set(_DESIGNATION.findall(folded)) - set(_DESIGNATION.findall(question)))


def is_strict(kind: Kind) -> bool:
    """Tell whether evidence for a kind can be told by its form."""
    return kind in EVIDENCE_PATTERNS or kind is Kind.MODEL
