"""The first letters of Chinese words: every text has them, and dozens are as they are typed."""

from __future__ import annotations

import pytest

from nnstudio.core.pinyin import initials
from nnstudio.core.words import catalogue
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES

BY_HAND = {
    "全连接": "QLJ",
    "卷积": "JJ",
    "二维卷积": "EWJJ",
    "二维转置卷积": "EWZZJJ",
    "输入": "SR",
    "输出": "SC",
    "嵌入": "QR",
    "双线性": "SXX",
    "上采样": "SCY",
    "零填充": "LTC",
    "像素重排": "XSCP",
    "滑窗展开": "HCZK",
    "深度可分离卷积": "SDKFLJJ",
    "最大池化": "ZDCH",
    "平均池化": "PJCH",
    "全局平均池化": "QJPJCH",
    "自适应最大池化": "ZSYZDCH",
    "批归一化": "PGYH",
    "层归一化": "CGYH",
    "均方根归一化": "JFGGYH",
    "随机失活": "SJSH",
    "阶跃函数": "JYHS",
    "公式": "GS",
    "相加": "XJ",
    "拼接": "PJ",
    "矩阵乘积": "JZCJ",
    "捷径连接": "JJLJ",
    "残差块": "CCK",
    "瓶颈残差块": "PJCCK",
    "稠密层": "CMC",
    "多头注意力": "DTZYL",
    "可学习位置编码": "KXXWZBM",
    "压缩与激励": "YSYJL",
    "展平": "ZP",
    "重塑形状": "CSXZ",
    "切片": "QP",
    "重复": "CF",
    "重命名": "CMM",
    "权重": "QZ",
    "阈值神经元": "YZSJY",
    "交叉熵": "JCS",
    "长度": "CD",
    "增长": "ZZ",
    "行": "H",
    "调整": "TZ",
    "学习率": "XXL",
    "参数": "CS",
    "撤销": "CX",
    "粘贴": "ZT",
}


@pytest.mark.parametrize(("text", "typed"), BY_HAND.items())
def test_they_are_as_they_are_typed(text: str, typed: str) -> None:
    assert typed in initials(text)


def test_other_letters_are_kept_and_signs_left_out() -> None:
    assert initials("Alpha 随机失活") == ("alphaSJSH",)
    assert initials("RBF 输出…") == ("rbfSC",)
    assert initials("Conv2d") == ()
    assert initials("") == ()


def test_every_chinese_text_of_the_program_has_them_all() -> None:
    texts = [spec.title.zh for spec in catalog().values()] + [block.title.zh for block in LIBRARY.values()]
    texts += [family.zh for family in FAMILIES.values()] + list(catalogue("zh_CN").values())
    characters = {sign for text in texts for sign in text if "\u4e00" <= sign <= "\u9fff"}
    assert len(characters) > 500
    assert [sign for sign in sorted(characters) if not initials(sign)] == []


def test_a_long_text_does_not_multiply() -> None:
    assert len(initials("重" * 60)) == 8
